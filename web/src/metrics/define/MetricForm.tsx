// The form: what it is, how it is counted, of whom, how it is looked at, and what
// one does when it moves.
import { useTranslation } from 'react-i18next';
import { Card } from '../../ui/Card';
import { measureOf } from '../model';
import { HowFields } from './HowFields';
import { IdField } from './IdField';
import { MeasureChoice } from './MeasureChoice';
import { MeasureFields } from './MeasureFields';
import { TextField } from './TextField';
import { useDefine } from './useDefine';
import { WhoFields } from './WhoFields';
import styles from './Define.module.css';

export function MetricForm() {
  const { t } = useTranslation('define');
  const { metric, isNew } = useDefine();
  const measure = measureOf(metric);
  return (
    <div className={styles.form}>
      <Card title={t('parts.what')} className={styles.part}>
        <TextField path={['name']} label={t('name.label')} placeholder={t('name.placeholder')} autoFocus={isNew} />
        <TextField path={['meaning']} label={t('meaning.label')} hint={t('meaning.hint')} long />
        <IdField />
      </Card>
      <Card title={t('parts.measure')} className={styles.part}>
        <MeasureChoice />
        {measure && <MeasureFields key={measure} measure={measure} />}
      </Card>
      {measure && (
        <Card title={t('parts.who')} className={styles.part}>
          <WhoFields />
        </Card>
      )}
      <Card title={t('parts.how')} className={styles.part}>
        <HowFields />
      </Card>
      <Card title={t('parts.soWhat')} className={styles.part}>
        <p className={styles.hint}>{t('soWhat.note')}</p>
        <TextField path={['soWhat', 'up']} label={t('soWhat.up')} placeholder={t('soWhat.upExample')} long />
        <TextField path={['soWhat', 'down']} label={t('soWhat.down')} placeholder={t('soWhat.downExample')} long />
      </Card>
    </div>
  );
}
