// What hangs on a metric: told before it is changed or taken away.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Localized } from '../../ui/Localized';
import { useDependents, type Dependent } from './queries';
import styles from './Define.module.css';

interface DependentsProps {
  id: string;
  /** What is about to happen to it. */
  before: 'change' | 'delete';
}

export function Dependents({ id, before }: DependentsProps) {
  const { t } = useTranslation('define');
  const { data } = useDependents(id);
  if (!data || data.length === 0) return null;
  const groups = [
    { name: 'formulas', of: data.filter(({ kind, direct }) => kind === 'Metric' && direct) },
    { name: 'further', of: data.filter(({ kind, direct }) => kind === 'Metric' && !direct) },
    { name: 'trees', of: data.filter(({ kind }) => kind !== 'Metric') },
  ].filter(({ of }) => of.length > 0);
  return (
    <div className={styles.dependents}>
      <p>{t(`dependents.${before}`, { count: data.length })}</p>
      <dl>
        {groups.map(({ name, of }) => (
          <div key={name}>
            <dt>{t(`dependents.${name}`)}</dt>
            <dd>
              {of.map((one) => (
                <DependentLink key={`${one.kind}/${one.id}`} of={one} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Opens in another tab: the draft is not left for it. */
function DependentLink({ of }: { of: Dependent }) {
  return (
    <Link to="/ledger/$kind/$id" params={{ kind: of.kind, id: of.id }} search={{}} target="_blank">
      <Localized text={of.name} fallback={of.id} />
    </Link>
  );
}
