// Folding a stage. While drawing it belongs to the journey; a reader folds for
// their own eyes only.
import { useMemo, useState } from 'react';
import type { Journey } from '../api/types';
import { findStage, type Operation } from './model/operation';

export function useFolding(journey: Journey, editing: boolean, perform: (operation: Operation) => void) {
  const [own, setOwn] = useState<Record<string, boolean>>({});
  return useMemo(() => {
    const drawn = (stage: string) => findStage(journey, stage)?.folded ?? false;
    const folded = (stage: string) => (editing ? drawn(stage) : (own[stage] ?? drawn(stage)));
    const toggleFold = (stage: string) => {
      if (editing) perform({ do: 'editStage', stage, patch: { folded: drawn(stage) ? undefined : true } });
      else setOwn((now) => ({ ...now, [stage]: !folded(stage) }));
    };
    return { folded, toggleFold };
  }, [journey, editing, own, perform]);
}
