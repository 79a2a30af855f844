// Finding the stages and steps of the board in the page, by data-spot.
import type { Spot } from '../model/operation';

export function spotKey(spot: Spot): string {
  return spot.step === undefined ? spot.stage : `${spot.stage}/${spot.step}`;
}

/** The stage or step that has the focus, or that holds what has it. */
export function focusedSpot(): Spot | undefined {
  const key = document.activeElement?.closest<HTMLElement>('[data-spot]')?.dataset.spot;
  if (!key) return undefined;
  const slash = key.indexOf('/');
  return slash < 0 ? { stage: key } : { stage: key.slice(0, slash), step: key.slice(slash + 1) };
}

/** Moves the focus to a stage or step once it is drawn; one who has gone on to write elsewhere keeps it. */
export function focusSpot(spot: Spot): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.activeElement?.matches('input:not([type="radio"], [type="checkbox"]), textarea')) return;
      const holder = document.querySelector(`[data-spot="${CSS.escape(spotKey(spot))}"]`);
      const target = holder?.querySelector<HTMLElement>('[data-spot-focus]');
      target?.focus();
      target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }),
  );
}
