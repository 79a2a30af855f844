import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { DeleteOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { propertiesQuery } from '../filter/BreakdownChoice';
import { useTraits } from '../filter/SegmentChoice';
import { WhereEditor } from '../filter/WhereEditor';
import { EventPicker } from './EventPicker';
import type { EditedPattern } from './patterns';
import styles from './Binding.module.css';

interface PatternEditorProps {
  pattern: EditedPattern;
  onChange: (pattern: EditedPattern) => void;
  onRemove?: () => void;
}

/** One alternative: an event, and what must hold of it. */
export function PatternEditor({ pattern, onChange, onRemove }: PatternEditorProps) {
  const { t } = useTranslation('board');
  const { data } = useQuery({ ...propertiesQuery(pattern.event ?? ''), enabled: typeof pattern.event === 'string' });
  const traits = useTraits();
  return (
    <div className={styles.pattern}>
      <div className={styles.patternHead}>
        <EventPicker value={pattern.event} onChange={(event) => onChange({ ...pattern, event })} />
        {onRemove && <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('bind.removePattern')} onClick={onRemove} />}
      </div>
      {pattern.event !== undefined && (
        <div className={styles.where}>
          <p>{t('bind.where')}</p>
          <WhereEditor rows={pattern.rows} onChange={(rows) => onChange({ ...pattern, rows })} properties={[...(data?.items ?? []), ...traits]} />
        </div>
      )}
    </div>
  );
}
