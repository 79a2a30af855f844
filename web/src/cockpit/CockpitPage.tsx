// One screen that says how the company does: the star and what moves it, the journey
// with its worst step, what is at risk, what changed, and what waits for a decision.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Revision } from '../api/types';
import { sessionQuery } from '../app/queries';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { LinkButton } from '../ui/Links';
import { PageBody, PageHeader } from '../ui/PageHeader';
import { EmptyState, ErrorState } from '../ui/States';
import { journeyQuestion, parseAddress, searchOf, type Address } from './address';
import { ChangesTile } from './ChangesTile';
import { DecisionsTile } from './DecisionsTile';
import { Filters } from './Filters';
import { InputsTile } from './InputsTile';
import { JourneyTile } from './JourneyTile';
import { Opening } from './Opening';
import { StarTile } from './StarTile';
import { Skeleton, Tile } from './Tile';
import { journeysOf, useDefinitions, useOneTree, useToday, type Definitions, type TreeBody } from './useCockpit';
import { VanityTile } from './VanityTile';
import { WatchTile } from './WatchTile';
import styles from './Cockpit.module.css';

export default function CockpitPage() {
  const { t } = useTranslation('cockpit');
  const definitions = useDefinitions();
  const address = parseAddress(useSearch({ from: '/inside/cockpit' }));
  const tree = definitions.trees.find(({ id }) => id === address.tree) ?? definitions.trees[0];
  if (tree) return <OfTree key={tree.id} tree={tree} definitions={definitions} address={address} />;
  return (
    <>
      <PageHeader title={t('title')} />
      <PageBody>
        {definitions.error ? (
          <ErrorState error={definitions.error} retry={definitions.retry} />
        ) : definitions.pending ? (
          <Waiting />
        ) : (
          <EmptyState title={t('empty.title')} action={<LinkButton to="/trees" search={{}}>{t('empty.action')}</LinkButton>}>
            {t('empty.hint')}
          </EmptyState>
        )}
      </PageBody>
    </>
  );
}

function OfTree({ tree: revision, definitions, address }: { tree: Revision<TreeBody>; definitions: Definitions; address: Address }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const locale = useLocale();
  const navigate = useNavigate({ from: '/cockpit' });
  const { data: session } = useQuery(sessionQuery);
  const today = useToday();
  const tree = useOneTree(revision, definitions.all, address);
  const go = (change: Partial<Address>) => void navigate({ search: searchOf({ ...address, ...change }), replace: true });
  const journeys = journeysOf(revision.body);
  const journey = journeys.find((id) => id === address.journey) ?? journeys[0];
  const nameOf = (id: string) => pick(definitions.all.find((each) => each.kind === 'Journey' && each.id === id)?.body.name, locale).text || id;
  return (
    <>
      <PageHeader
        title={t('title')}
        meta={[session?.workspace.name, tree.asOf && t('asOf', { when: format.dateTime(tree.asOf) })].filter(Boolean).join(' · ')}
        actions={<LinkButton to="/dashboards">{t('dashboards')}</LinkButton>}
      />
      <Filters trees={definitions.trees} tree={revision.id} grain={tree.grain} address={address} go={go} />
      <PageBody>
        <Opening id={revision.id} tree={tree} />
        <div className={styles.grid}>
          <StarTile tree={tree} className={styles.wideTile} />
          <InputsTile tree={tree} className={styles.inputsTile} />
          {journey && (
            <JourneyTile
              className={styles.fullTile}
              question={{ ...journeyQuestion(journey, address, tree.grain, today), journeyId: journey }}
              choices={journeys.map((id) => ({ value: id, label: nameOf(id) }))}
              onChoose={(id) => go({ journey: id === journeys[0] ? undefined : id })}
            />
          )}
          <WatchTile id={revision.id} tree={tree} />
          <DecisionsTile id={revision.id} tree={tree} definitions={definitions} />
          <ChangesTile />
          <VanityTile id={revision.id} tree={tree} />
        </div>
      </PageBody>
    </>
  );
}

/** The layout before anything is known. */
function Waiting() {
  const { t } = useTranslation('cockpit');
  return (
    <div className={styles.grid}>
      <Tile title={`★ ${t('star.title')}`} className={styles.wideTile} loading rows={6} />
      <Tile title={t('inputs.title')} className={styles.inputsTile} loading rows={6} />
      <Tile title={t('journey.title')} className={styles.fullTile} loading rows={4} />
      {(['watch', 'decisions', 'changes', 'vanity'] as const).map((name) => (
        <Tile key={name} title={t(`${name}.title`)}>
          <Skeleton rows={5} />
        </Tile>
      ))}
    </div>
  );
}
