// Which of the eleven measures it is, each with one sentence on when to take it.
import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { measureOf, type Measure } from '../model';
import { Faults } from './Field';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

const groups: { name: string; measures: Measure[] }[] = [
  { name: 'much', measures: ['count', 'customers', 'active'] },
  { name: 'amounts', measures: ['sum', 'average', 'quantile'] },
  { name: 'share', measures: ['rate', 'conversion', 'time', 'retention'] },
  { name: 'others', measures: ['formula'] },
];

export function MeasureChoice() {
  const { t } = useTranslation('define');
  const { metric, turn, faultsAt } = useDefine();
  const chosen = measureOf(metric);
  const [open, setOpen] = useState(chosen === null);
  const name = useId();
  if (!open && chosen) {
    return (
      <div className={styles.measure}>
        <div>
          <b>{t(`measures.${chosen}.name`)}</b>
          <p>{t(`measures.${chosen}.when`)}</p>
        </div>
        <Button size="small" onClick={() => setOpen(true)}>
          {t('measures.change')}
        </Button>
      </div>
    );
  }
  return (
    <fieldset className={styles.measures}>
      <legend className={styles.label}>{t('measures.legend')}</legend>
      {groups.map((group) => (
        <div key={group.name} className={styles.measureGroup}>
          <h3>{t(`measures.groups.${group.name}`)}</h3>
          {group.measures.map((measure) => (
            <label key={measure} data-chosen={measure === chosen}>
              <input
                type="radio"
                name={name}
                value={measure}
                checked={measure === chosen}
                onChange={() => turn(measure)}
                // Arrow keys walk through the choices; what was chosen is settled by a click, Enter or the button.
                onClick={(event) => event.detail > 0 && setOpen(false)}
                onKeyDown={(event) => event.key === 'Enter' && chosen && setOpen(false)}
              />
              <b>{t(`measures.${measure}.name`)}</b>
              <small>{t(`measures.${measure}.when`)}</small>
            </label>
          ))}
        </div>
      ))}
      <Faults faults={faultsAt('')} />
      {chosen && (
        <Button size="small" onClick={() => setOpen(false)}>
          {t('measures.done')}
        </Button>
      )}
    </fieldset>
  );
}
