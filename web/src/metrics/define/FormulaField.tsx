// A formula: metrics are found by name while one types, every fault stands under
// its place, and what is meant is read back in words.
import { Input, type GetRef } from 'antd';
import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault } from '../../api/types';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { completed, meant, placeOf, wordAt, type Span } from './model/formula';
import { Field } from './Field';
import { FormulaWords } from './FormulaWords';
import { useDefine } from './useDefine';
import { useUnitName } from './useUnitName';
import styles from './Define.module.css';

const shownAtOnce = 8;

export function FormulaField() {
  const { t } = useTranslation('define');
  const { metric, put, faultsAt, metrics } = useDefine();
  const formula = typeof metric.formula === 'string' ? metric.formula : '';
  const input = useRef<GetRef<typeof Input.TextArea>>(null);
  const list = useId();
  const [word, setWord] = useState<Span | null>(null); // that the list is open for
  const [active, setActive] = useState(0);
  const found = useMemo(() => {
    if (!word) return [];
    const typed = formula.slice(word.from, word.to);
    // A number or a finished id asks for nothing.
    if (/^\d/.test(typed) || metrics.some(({ id }) => id === typed)) return [];
    return meant(typed, metrics.filter(({ id }) => id !== metric.id)).slice(0, shownAtOnce);
  }, [word, formula, metrics, metric.id]);

  const area = () => input.current?.resizableTextArea?.textArea;
  const select = ({ from, to }: Span) => {
    area()?.focus();
    requestAnimationFrame(() => area()?.setSelectionRange(from, to));
  };
  const pickOne = (id: string | undefined) => {
    if (id === undefined || !word) return;
    const next = completed(formula, word, id);
    put(['formula'], next.formula);
    setWord(null);
    select({ from: next.caret, to: next.caret });
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || found.length === 0) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setActive((active + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) {
      event.preventDefault();
      pickOne(found[active]?.id);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setWord(null);
    }
  };
  return (
    <Field path="formula" label={t('formula.label')} hint={t('formula.hint')} own>
      {(wiring) => (
        <div className={styles.formula}>
          <Input.TextArea
            {...wiring}
            ref={input}
            className={styles.code}
            autoSize={{ minRows: 2, maxRows: 8 }}
            spellCheck={false}
            value={formula}
            placeholder="ad_cost / leads"
            role="combobox"
            aria-expanded={found.length > 0}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={found.length > 0 ? `${list}-${active}` : undefined}
            onChange={(event) => {
              put(['formula'], event.target.value);
              setWord(wordAt(event.target.value, event.target.selectionStart ?? event.target.value.length));
              setActive(0);
            }}
            onKeyDown={press}
            onBlur={() => setWord(null)}
          />
          <div id={list} role="listbox" aria-label={t('formula.found')} className={styles.found} hidden={found.length === 0}>
            {found.map((one, i) => (
              // The keys of an option are those of the field above it.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <div key={one.id} id={`${list}-${i}`} role="option" tabIndex={-1} aria-selected={i === active} onMouseEnter={() => setActive(i)} onMouseDown={(event) => event.preventDefault()} onClick={() => pickOne(one.id)}>
                <Option id={one.id} name={one.name} unit={one.unit} />
              </div>
            ))}
          </div>
          {/* A word that is being looked up is not wrong yet. */}
          {found.length === 0 && <FormulaFaults formula={formula} faults={faultsAt('formula')} onGo={select} />}
          <FormulaWords formula={formula} />
        </div>
      )}
    </Field>
  );
}

function Option({ id, name, unit }: { id: string; name: Parameters<typeof pick>[0]; unit: string | null }) {
  const unitName = useUnitName();
  const told = pick(name, useLocale());
  return (
    <>
      <span lang={told.lang ?? undefined}>{told.text || id}</span>
      <code>{id}</code>
      <small>{unitName(unit ?? '')}</small>
    </>
  );
}

interface FormulaFaultsProps {
  formula: string;
  faults: readonly Pick<Fault, 'message' | 'line' | 'column'>[];
  onGo: (place: Span) => void;
}

/** Each fault under the part of the formula that it is about; pressing it leads there. */
function FormulaFaults({ formula, faults, onGo }: FormulaFaultsProps) {
  const { t } = useTranslation('define');
  if (faults.length === 0) return null;
  return (
    <ul className={styles.faults}>
      {faults.map((fault, i) => {
        const place = placeOf(formula, fault);
        return (
          <li key={i}>
            {place && (
              <button type="button" className={styles.place} onClick={() => onGo(place)} title={t('formula.go')}>
                {formula.slice(0, place.from)}
                <mark>{formula.slice(place.from, place.to) || ' '}</mark>
                {formula.slice(place.to)}
              </button>
            )}
            <span>{fault.message}</span>
          </li>
        );
      })}
    </ul>
  );
}
