// The small fields that drawing a tree is made of: each writes when it is left.
import { Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { LocalizedText } from '../../api/types';
import { renamed } from '../../board/model/naming';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { useUnit } from '../../metrics/useUnit';
import { useNameOf } from '../useWords';
import { useEditing } from '../useEditing';

interface TextFieldProps {
  label: string;
  text: LocalizedText | undefined;
  lines?: number;
  onWrite: (text: LocalizedText | undefined) => void;
}

/** A text in the reader's language; those in the others stay. */
export function TextField({ label, text, lines = 1, onWrite }: TextFieldProps) {
  const locale = useLocale();
  const now = pick(text, locale).text;
  return (
    <label>
      {label}
      <Input.TextArea
        key={now}
        defaultValue={now}
        aria-label={label}
        autoSize={{ minRows: lines, maxRows: 6 }}
        onBlur={(event) => {
          if (event.target.value.trim() !== now) onWrite(renamed(text, locale, event.target.value));
        }}
      />
    </label>
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

interface ValueFieldProps {
  label: string;
  unit: string;
  value: number | undefined;
  onWrite: (value: number | undefined) => void;
}

/** A value of a metric in its unit, a share in percent. */
export function ValueField({ label, unit, value, onWrite }: ValueFieldProps) {
  const scale = unit === '' ? 100 : 1;
  const { name } = useUnit(unit);
  const shown = value === undefined ? null : Number((value * scale).toPrecision(12));
  return (
    <label>
      {label}
      <InputNumber
        key={String(shown)}
        defaultValue={shown ?? undefined}
        aria-label={label}
        style={{ width: '100%' }}
        suffix={unit === '' ? '%' : name || unit}
        onBlur={(event) => {
          const text = event.target.value.trim();
          const next = text === '' || !Number.isFinite(Number(text)) ? undefined : Number((Number(text) / scale).toPrecision(12));
          if (next !== value) onWrite(next);
        }}
      />
    </label>
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
