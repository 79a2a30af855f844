import { useTranslation } from 'react-i18next';
import type { MergePreview } from '../api/types';
import { useFormat } from '../format/useFormat';
import styles from './Customers.module.css';

/** Who there is before, and who there will be after. Nothing has happened yet. */
export function Preview({ preview }: { preview: MergePreview }) {
  const { t } = useTranslation('customers');
  return (
    <div className={styles.preview}>
      <Side title={t('preview.before')} people={preview.before} />
      <span className={styles.arrow} aria-hidden="true">
        →
      </span>
      <Side title={t('preview.after')} people={preview.after} />
    </div>
  );
}

function Side({ title, people }: { title: string; people: MergePreview['before'] }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {people.map((person) => (
          <li key={person.id}>
            <b>{person.id}</b>
            <span className={styles.small}>
              {t('ids.count', { count: person.ids })} · {t('events', { count: person.events, shown: format.full(person.events) })}
              {person.account !== null && <> · {person.account}</>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
