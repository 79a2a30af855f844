// The events of a measure: one alternative or several, each with its conditions.
// One that rows cannot say is shown as it is written, and edited as text.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PatternEditor } from '../../board/binding/PatternEditor';
import { at, isRecord, type Path } from './model/definition';
import { alternativeOf, fitsRows, freshAlternative, patternsIn, rewritten, withPatterns, type Alternative } from './model/events';
import { Field } from './Field';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

interface EventsFieldProps {
  path: Path;
  label: string;
  hint?: string;
}

export function EventsField({ path, label, hint }: EventsFieldProps) {
  const { t } = useTranslation('define');
  const { metric, put, asText } = useDefine();
  const body = at(metric, path);
  const events = isRecord(body) ? body : {};
  const [alternatives, setAlternatives] = useState<Alternative[]>(() => patternsIn(events).map(alternativeOf));
  const change = (next: Alternative[]) => {
    setAlternatives(next);
    put(path, withPatterns(events, next.map(({ written }) => written)));
  };
  return (
    <Field path={path.join('.')} label={label} hint={hint} group>
      {() => (
        <>
          <ol className={styles.patterns}>
            {alternatives.map(({ edited, written }, i) => {
              const remove = alternatives.length > 1 ? () => change(alternatives.toSpliced(i, 1)) : undefined;
              return (
                <li key={edited.key}>
                  {i > 0 && <p className={styles.or}>{t('events.or')}</p>}
                  {fitsRows(written) ? (
                    <PatternEditor pattern={edited} onChange={(next) => change(alternatives.with(i, rewritten(next)))} onRemove={remove} />
                  ) : (
                    <div className={styles.foreign}>
                      <pre>{JSON.stringify(written, null, 2)}</pre>
                      <button type="button" className={styles.link} onClick={asText}>{t('events.asText')}</button>
                      {remove && <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('events.remove')} onClick={remove} />}
                    </div>
                  )}
                </li>
              );
            })}
          </ol>
          <Button size="small" type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => change([...alternatives, freshAlternative()])}>
            {t('events.add')}
          </Button>
        </>
      )}
    </Field>
  );
}
