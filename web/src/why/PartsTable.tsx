// The table twin of the waterfall by formula: each metric with its own numbers and
// what it contributed; formulas inside unfold. Its last row is what all add up to.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Explanation } from '../api/tree';
import { useFormat, useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { useUnit } from '../metrics/useUnit';
import { Localized } from '../ui/Localized';
import { Move } from './Move';
import { Scroll } from './Scroll';
import type { PartMove } from './model';
import styles from './Why.module.css';

export function PartsTable({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation('why');
  const { parts, change, unit, good, decimals } = explanation;
  if (change === null) return null;
  return (
    <Scroll label={t('parts.title')}>
      <thead>
        <tr>
          <th scope="col">{t('parts.metric')}</th>
          <th scope="col">{t('parts.before')}</th>
          <th scope="col">{t('parts.after')}</th>
          <th scope="col">{t('parts.change')}</th>
          <th scope="col">{t('parts.share')}</th>
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <Part key={part.metric} part={part} explanation={explanation} depth={0} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={3}>
            {t('parts.sum')}
          </th>
          <td data-label={t('parts.change')}>
            <Move value={change} unit={unit} good={good} decimals={decimals} />
          </td>
          <td data-label="">{t('parts.residual')}</td>
        </tr>
      </tfoot>
    </Scroll>
  );
}

function Part({ part, explanation, depth }: { part: PartMove; explanation: Explanation; depth: number }) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const locale = useLocale();
  const unit = useUnit(part.unit);
  const [isOpen, setOpen] = useState(false);
  const { change, good, decimals } = explanation;
  const name = pick(part.name, locale).text || part.metric;
  return (
    <>
      <tr>
        <th scope="row">
          <span className={styles.name} style={{ paddingInlineStart: depth * 18 }}>
            {part.parts.length > 0 ? (
              <button type="button" className={styles.fold} aria-expanded={isOpen} aria-label={t(isOpen ? 'parts.close' : 'parts.open', { name })} onClick={() => setOpen(!isOpen)}>
                {isOpen ? '▾' : '▸'}
              </button>
            ) : (
              <span className={styles.leaf} aria-hidden="true" />
            )}
            <Link to="/metric/$id" params={{ id: part.metric }} search={{}}>
              <Localized text={part.name} fallback={part.metric} />
            </Link>
          </span>
        </th>
        <td data-label={t('parts.before')} title={unit.show(part.before).full}>{unit.show(part.before).text}</td>
        <td data-label={t('parts.after')} title={unit.show(part.after).full}>{unit.show(part.after).text}</td>
        <td data-label={t('parts.change')}>
          <Move value={part.change} unit={explanation.unit} good={good} decimals={decimals} />
        </td>
        <td data-label={t('parts.share')}>{change ? format.percent(part.change / change, 0) : '–'}</td>
      </tr>
      {isOpen && part.parts.map((inside) => <Part key={inside.metric} part={inside} explanation={explanation} depth={depth + 1} />)}
    </>
  );
}
