// The small fields that drawing a tree is made of: each writes when it is left, and has
// below it what the server has against what stands in it.
import { Input, InputNumber, Select } from 'antd';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalizedText } from '../../api/types';
import { renamed } from '../../board/model/naming';
import { isDay } from '../../board/model/period';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { useUnit } from '../../metrics/useUnit';
import { faultsAt } from '../model/faults';
import { useNameOf } from '../useWords';
import { useEditing } from '../useEditing';
import styles from './Edit.module.css';

/** What tells a control, and who hears it, of a fault. */
interface Wiring {
  status: 'error' | '';
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
}

interface FieldProps {
  label: string;
  /** Where in the definition it stands, as the server's faults name it. */
  path: string | undefined;
  children: (wiring: Wiring) => ReactNode;
}

/** A control with its label. */
export function Field({ label, path, children }: FieldProps) {
  const { wiring, told } = useFaults(path);
  return (
    <label>
      {label}
      {children(wiring)}
      {told}
    </label>
  );
}

/** What is wrong at a path, for its control and in words; within: also with what stands below it. */
export function useFaults(path: string | undefined, within = false): { wiring: Wiring; told: ReactNode } {
  const id = useId();
  const editing = useEditing();
  const faults = editing && path !== undefined ? faultsAt(editing.faults, path, within) : [];
  const wrong = faults.length > 0;
  return {
    wiring: { status: wrong ? 'error' : '', 'aria-invalid': wrong || undefined, 'aria-describedby': wrong ? id : undefined },
    told: wrong && (
      <span id={id} className={styles.fault}>
        {faults.join(' ')}
      </span>
    ),
  };
}

interface TextFieldProps {
  label: string;
  text: LocalizedText | undefined;
  path?: string;
  lines?: number;
  onWrite: (text: LocalizedText | undefined) => void;
}

/** A text in the reader's language; those in the others stay. */
export function TextField({ label, text, path, lines = 1, onWrite }: TextFieldProps) {
  const locale = useLocale();
  const now = pick(text, locale).text;
  return (
    <Field label={label} path={path}>
      {(wiring) => (
        <Input.TextArea
          {...wiring}
          key={now}
          defaultValue={now}
          aria-label={label}
          autoSize={{ minRows: lines, maxRows: 6 }}
          onBlur={(event) => {
            if (event.target.value.trim() !== now) onWrite(renamed(text, locale, event.target.value));
          }}
        />
      )}
    </Field>
  );
}

interface DayFieldProps {
  label: string;
  day: string;
  path?: string;
  /** Whether the day was taken; what was not is put back. */
  onWrite: (day: string) => boolean;
}

export function DayField({ label, day, path, onWrite }: DayFieldProps) {
  return (
    <Field label={label} path={path}>
      {(wiring) => (
        <Input
          {...wiring}
          type="date"
          key={day}
          defaultValue={day}
          aria-label={label}
          onBlur={({ target }) => {
            if (target.value !== day && !(isDay(target.value) && onWrite(target.value))) target.value = day;
          }}
        />
      )}
    </Field>
  );
}

/** People or departments that something belongs to. */
export function OwnerField({ owner, onWrite }: { owner: string[] | undefined; onWrite: (owner: string[] | undefined) => void }) {
  const { t } = useTranslation('tree');
  return (
    <label>
      {t('table.owner')}
      <Select mode="tags" value={owner ?? []} open={false} suffixIcon={null} aria-label={t('table.owner')} onChange={(next: string[]) => onWrite(next.length > 0 ? next : undefined)} />
    </label>
  );
}

interface AmountProps {
  label: string;
  unit: string;
  value: number | undefined;
  wiring?: Wiring;
  autoFocus?: boolean;
  /** What is being typed; undefined once nothing is. */
  onType?: (value: number | undefined) => void;
  onWrite: (value: number | undefined) => void;
}

/** A number in its unit, a share in percent; Enter writes it too, Escape takes it back. */
export function Amount({ label, unit, value, wiring, autoFocus = false, onType, onWrite }: AmountProps) {
  const scale = unit === '' ? 100 : 1;
  const { name } = useUnit(unit);
  const [typed, type] = useState<number | null>();
  const read = (shown: number | null | undefined) => (shown == null ? undefined : Number((shown / scale).toPrecision(12)));
  const end = () => {
    type(undefined);
    onType?.(undefined);
  };
  const write = () => {
    if (typed === undefined) return;
    end();
    if (read(typed) !== value) onWrite(read(typed));
  };
  return (
    <InputNumber<number>
      {...wiring}
      value={typed === undefined ? (value === undefined ? null : Number((value * scale).toPrecision(12))) : typed}
      aria-label={label}
      data-typed={typed !== undefined}
      autoFocus={autoFocus}
      style={{ width: '100%' }}
      suffix={unit === '' ? '%' : name.startsWith('/') ? `${unit.split('/')[0]} ${name}` : name || unit}
      onChange={(next) => {
        type(next);
        onType?.(read(next));
      }}
      onBlur={write}
      onPressEnter={write}
      onKeyDown={({ key }) => key === 'Escape' && end()}
    />
  );
}

/** A value of a metric with its label. */
export function ValueField({ path, ...amount }: Omit<AmountProps, 'wiring'> & { path?: string }) {
  return (
    <Field label={amount.label} path={path}>
      {(wiring) => <Amount {...amount} wiring={wiring} />}
    </Field>
  );
}

interface MetricSelectProps {
  label: string;
  /** Those that cannot be chosen. */
  except: string[];
  /** The one that is chosen; not said, the field stays empty to choose another. */
  value?: string | undefined;
  onChoose: (metric: string) => void;
}

/** Chooses one of all metrics there are. */
export function MetricSelect({ label, except, value, onChoose }: MetricSelectProps) {
  const editing = useEditing();
  const nameOf = useNameOf();
  const options = (editing?.metrics ?? []).filter(({ id }) => !except.includes(id)).map((metric) => ({ value: metric.id, label: nameOf(metric, metric.id) }));
  return (
    <Select<string>
      showSearch={{ filterOption: (input, option) => `${option?.label} ${option?.value}`.toLowerCase().includes(input.toLowerCase()) }}
      value={value ?? null}
      placeholder={label}
      aria-label={label}
      options={options}
      popupMatchSelectWidth={false}
      onChange={(metric) => onChoose(metric)}
    />
  );
}
