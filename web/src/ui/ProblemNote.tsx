import { ApiError } from '../api/client';
import { useProblem } from './States';
import styles from './ProblemNote.module.css';

/** What an action failed at, above the form that asked for it: the title, what to do, and each fault. */
export function ProblemNote({ error }: { error: unknown }) {
  const told = useProblem(error);
  if (error === null || error === undefined) return null;
  const faults = error instanceof ApiError ? (error.problem.faults ?? []) : [];
  return (
    <div className={styles.note} role="alert">
      <b>{told.title}</b> {told.detail}
      {faults.length > 0 && (
        <ul>
          {faults.map((fault, i) => (
            <li key={i}>
              {fault.path && <code>{fault.path}</code>} {fault.message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
