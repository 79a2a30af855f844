// The id: proposed from the English name until somebody writes another one; of a
// stored metric it stays what it is.
import { Input } from 'antd';
import { useEffect, useState } from 'react';
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
  const [follows, follow] = useState(metric.id === '' || metric.id === proposal);
  useEffect(() => {
    if (isNew && follows && metric.id !== proposal) put(['id'], proposal);
  }, [isNew, follows, metric.id, proposal, put]);
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
            follow(false);
            put(['id'], event.target.value);
          }}
          onBlur={() => metric.id === '' && follow(true)}
        />
      )}
    </Field>
  );
}
