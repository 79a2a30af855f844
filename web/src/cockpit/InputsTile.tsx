// The constellation: what moves the star, the one that is furthest off first.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useScope } from '../board/filter/useScope';
import { searchOfScope } from '../board/model/scope';
import { useFormat } from '../format/useFormat';
import { goodness } from '../metrics/model';
import { Sparkline } from '../metrics/Sparkline';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import { byDistance, distanceOf, isSmall, moveOfReading, roundly, type Reading } from '../tree/model/reading';
import { Change } from '../ui/Change';
import { Localized } from '../ui/Localized';
import { StatNumber } from '../ui/StatNumber';
import { Skeleton, Tile } from './Tile';
import { useOwners } from './useOwners';
import type { OneTree } from './useCockpit';
import styles from './Cockpit.module.css';

export function InputsTile({ tree, className }: { tree: OneTree; className?: string | undefined }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const known = tree.inputs.filter((each) => each !== undefined);
  const nobody = tree.inputs.length === 0;
  return (
    <Tile
      className={className}
      title={t('inputs.title')}
      extra={nobody ? undefined : [t('inputs.count', { count: tree.inputs.length }), ...(tree.asOf ? [t('asOf', { when: format.dateTime(tree.asOf) })] : [])].join(' · ')}
      loading={known.length === 0 && !nobody && !tree.error}
      error={known.length === 0 ? tree.error : null}
      retry={tree.retry}
      rows={tree.inputs.length}
      late={tree.late}
    >
      {nobody ? (
        <p className={styles.small}>{t('inputs.none')}</p>
      ) : (
        <ul className={styles.inputs}>
          {byDistance(known).map((reading) => (
            <Input key={reading.id} reading={reading} grain={tree.grain} />
          ))}
          {!tree.error && tree.inputs.map((each, at) => each === undefined && <li key={at}><Skeleton rows={1} /></li>)}
        </ul>
      )}
    </Tile>
  );
}

function Input({ reading, grain }: { reading: Reading; grain: string }) {
  const { t } = useTranslation('cockpit');
  const format = useFormat();
  const owners = useOwners();
  const unit = useUnit(reading.unit);
  const period = usePeriod(grain);
  const { periods, now } = reading;
  const scope = useScope();
  const off = distanceOf(reading);
  const move = moveOfReading(reading);
  const isUnknown = now?.value == null;
  return (
    <li>
      <div className={styles.who}>
        <Link to="/metric/$id" params={{ id: reading.id }} search={{ grain, ...searchOfScope(scope) }}>
          <Localized text={reading.name} fallback={reading.id} />
        </Link>
        <small title={now ? `${period(now.from)} · n = ${format.full(now.n)}` : undefined}>
          {isSmall(reading) && now ? (
            t('inputs.few', { n: format.full(now.n) })
          ) : off ? (
            <>
              {t(off.from === 'target' ? 'inputs.target' : 'inputs.usual', { should: unit.plain(roundly(off.should)) })} <Change value={off.by} unit={off.unit} good={goodness(reading.good)} />
            </>
          ) : (
            (reading.problem ?? t('inputs.unknown'))
          )}{' '}
          · {owners(reading.owner)}
        </small>
      </div>
      <b className={isUnknown ? styles.hatched : undefined} title={unit.show(now?.value ?? null).full}>
        <StatNumber value={now?.value ?? null} show={unit.plain} />
        <small>n = {format.count(now?.n ?? 0).text}</small>
      </b>
      <span className={styles.spark}>
        <Sparkline points={periods} />
      </span>
      <span className={styles.move}>{move ? <Change value={move.value} unit={move.unit} good={goodness(reading.good)} /> : '—'}</span>
    </li>
  );
}
