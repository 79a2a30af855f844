// Dragging stages and steps with the mouse. What a drop does is decided by
// model/command; here are only the edges and the indicators.
import { draggable, dropTargetForElements, monitorForElements, type ElementDropTargetEventPayloadMap, type ElementEventPayloadMap } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useEffectEvent, useImperativeHandle, useState, type Ref, type RefObject } from 'react';
import { dropAt } from '../model/command';
import { spotOf, type Operation, type Spot } from '../model/operation';
import { same } from '../../drawing/same';
import type { Sheet } from '../useBoard';
import { focusSpot } from './focus';

export type Edge = 'before' | 'after' | 'inside';

type Target = Spot & { edge: Edge };

type Moved = ElementEventPayloadMap['onDrag'];

/**
 * Makes the element of `ref` draggable and something to drop on, while the
 * journey is being drawn. Gives the edge at which a drop would land now. `also`
 * is handed the element too.
 */
export function useDragging(spot: Spot, editing: boolean, also?: Ref<HTMLElement>) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [edge, setEdge] = useState<Edge | null>(null);
  const [held, setHeld] = useState(false);
  const { stage, step } = spot;

  useEffect(() => {
    if (!element || !editing) return;
    const own: Spot = step === undefined ? { stage } : { stage, step };
    const stopDragging = draggable({
      element,
      getInitialData: () => ({ ...own }),
      onDragStart: () => setHeld(true),
      onDrop: () => setHeld(false),
    });
    const show = ({ self, source }: ElementDropTargetEventPayloadMap['onDrag']) => setEdge(source.element === element ? null : (self.data.edge as Edge));
    const stopDropping = dropTargetForElements({
      element,
      // A stage lands beside stages, a step beside steps or in a stage.
      canDrop: ({ source }) => source.data.step !== undefined || step === undefined,
      getData: ({ input, source }) => ({ ...own, edge: edgeOf(element, input, step !== undefined, source.data.step !== undefined) }),
      onDragEnter: show,
      onDrag: show,
      onDragLeave: () => setEdge(null),
      onDrop: () => setEdge(null),
    });
    return () => {
      stopDragging();
      stopDropping();
    };
  }, [element, stage, step, editing]);
  useImperativeHandle(also, () => element as HTMLElement, [element]);

  return { ref: setElement, edge, held };
}

function edgeOf(element: Element, input: { clientX: number; clientY: number }, onStep: boolean, draggingStep: boolean): Edge {
  const box = element.getBoundingClientRect();
  if (onStep) return input.clientY < box.top + box.height / 2 ? 'before' : 'after';
  if (draggingStep) return 'inside';
  return input.clientX < box.left + box.width / 2 ? 'before' : 'after';
}

/**
 * Does what a drop says, wherever on the board it lands. Until then it gives what
 * letting go would do now; null where nothing is held, or held over no place of
 * the board.
 */
export function useDropping(sheet: Sheet): Operation | null {
  const [held, hold] = useState<Operation | null>(null);
  const would = useEffectEvent(({ source, location }: Moved): Operation | null => {
    const target = location.current.dropTargets[0]?.data as Target | undefined;
    return target ? dropAt(sheet.journey, source.data as unknown as Spot, target, target.edge === 'after') : null;
  });
  const drop = useEffectEvent((operation: Operation) => {
    sheet.perform(operation);
    const spot = spotOf(operation);
    if (spot) focusSpot(spot);
  });
  useEffect(() => {
    // A hand that moves inside one edge of one target holds the same.
    const follow = (moved: Moved) => {
      const next = would(moved);
      hold((now) => (same(now, next) ? now : next));
    };
    return monitorForElements({
      onDropTargetChange: follow,
      onDrag: follow,
      onDrop: (moved) => {
        const operation = would(moved);
        hold(null);
        if (operation) drop(operation);
      },
    });
  }, []);
  return held;
}

/**
 * Keeps a part as high as it is, or its rows, while something is held: whatever
 * the new numbers say, the board does not move from under the pointer.
 */
export function useStill(part: RefObject<HTMLElement | null>, property: 'height' | 'gridTemplateRows' = 'height'): void {
  useEffect(() => {
    const hold = (now: (element: HTMLElement) => string) => {
      if (part.current) part.current.style[property] = now(part.current);
    };
    return monitorForElements({
      onDragStart: () => hold((element) => getComputedStyle(element)[property]),
      onDrop: () => hold(() => ''),
    });
  }, [part, property]);
}
