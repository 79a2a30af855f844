// The id: proposed from the English name until somebody writes another one; of a
// stored metric it stays what it is.
import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { proposedId } from './model/id';
import { Field } from './Field';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

export function IdField() {
  const { t } = useTranslation('define');
  const { metric, isNew, put, metrics } = useDefine();
  const taken = metrics.map(({ id }) => id);
  const proposal = proposedId(metric.name, taken);
  // What the name last proposed; while the id is that, it follows the name.
  const [followed, follow] = useState<string | null>(metric.id === '' || metric.id === proposal ? metric.id : null);
  if (isNew && followed !== null && metric.id === followed && proposal !== followed) {
    follow(proposal);
    put(['id'], proposal);
  }
  if (!isNew) {
    return (
      <p className={styles.fixed}>
        {t('id.fixed')} <code>{metric.id}</code>
      </p>
    );
  }
  return (
    <Field path="id" label={t('id.label')} hint={t('id.hint')}>
      {(wiring) => (
        <Input
          {...wiring}
          className={styles.code}
          value={metric.id}
          maxLength={128}
          spellCheck={false}
          placeholder="average_order"
          onChange={(event) => {
            follow(event.target.value === '' ? '' : null);
            put(['id'], event.target.value);
          }}
        />
      )}
    </Field>
  );
}
