import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { MeasureRole, Objective } from '../model/definition';
import { useEditing } from '../useEditing';
import { useFaults } from './fields';

interface RoleSelectProps {
  strategy: string;
  metric: string;
  /** Of what it is the role, for those who do not see where it stands. */
  label: string;
}

/** Whether a measure only tells if its strategy works, or has a target of its own. */
export function RoleSelect({ strategy, metric, label }: RoleSelectProps) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const place = editing && placeOf(editing.tree.objectives ?? [], strategy, metric);
  const { wiring, told } = useFaults(place?.path, true);
  if (!editing || !place) return null;
  return (
    <>
      <Select<MeasureRole>
        {...wiring}
        size="small"
        value={place.role}
        aria-label={label}
        popupMatchSelectWidth={false}
        options={(['kpi', 'target'] as const).map((value) => ({ value, label: t(`measureRole.${value}`) }))}
        onChange={(role) => editing.perform({ do: 'role', strategy, metric, role })}
      />
      {told}
    </>
  );
}

function placeOf(objectives: Objective[], strategy: string, metric: string): { path: string; role: MeasureRole } | undefined {
  for (const [at, { strategies = [] }] of objectives.entries()) {
    for (const [k, { id, measures = [] }] of strategies.entries()) {
      const m = id === strategy ? measures.findIndex((one) => one.metric === metric) : -1;
      if (m >= 0) return { path: `objectives[${at}].strategies[${k}].measures[${m}]`, role: measures[m]?.role ?? 'kpi' };
    }
  }
  return undefined;
}
