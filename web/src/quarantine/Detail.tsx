import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/useFormat';
import { placesOf } from './places';
import styles from './Quarantine.module.css';

/** What was wrong where: the field, the value it held, the line of the file. */
export function Detail({ detail }: { detail: string }) {
  const { t } = useTranslation('quarantine');
  const format = useFormat();
  const places = placesOf(detail);
  if (places === null) return detail ? <p className={styles.detail}>{detail}</p> : null;
  return (
    <dl className={styles.places}>
      {places.map(({ name, text }) => (
        <div key={name}>
          <dt>{t(`place.${name}`)}</dt>
          <dd>
            {name === 'size' ? t('place.bytes', { shown: format.full(Number(text)) }) : name === 'line' ? format.full(Number(text)) : <code>{text}</code>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
