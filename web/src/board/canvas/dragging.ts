// Dragging stages and steps with the mouse. What a drop does is decided by
// model/command; here are only the edges and the indicators.
import { draggable, dropTargetForElements, monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useEffectEvent, useState } from 'react';
import { dropAt } from '../model/command';
import { spotOf, type Spot } from '../model/operation';
import type { Board } from '../useBoard';
import { focusSpot } from './focus';

export type Edge = 'before' | 'after' | 'inside';

interface Target extends Spot {
  edge: Edge;
}

/**
 * Makes the element of `ref` draggable and something to drop on, while the
 * journey is being drawn. Gives the edge at which a drop would land now.
 */
export function useDragging(spot: Spot, editing: boolean) {
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
    const stopDropping = dropTargetForElements({
      element,
      // A stage lands beside stages, a step beside steps or in a stage.
      canDrop: ({ source }) => source.data.step !== undefined || step === undefined,
      getData: ({ input, source }) => ({ ...own, edge: edgeOf(element, input, step !== undefined, source.data.step !== undefined) }),
      onDrag: ({ self, source }) => setEdge(source.element === element ? null : (self.data.edge as Edge)),
      onDragLeave: () => setEdge(null),
      onDrop: () => setEdge(null),
    });
    return () => {
      stopDragging();
      stopDropping();
    };
  }, [element, stage, step, editing]);

  return { ref: setElement, edge, held };
}

function edgeOf(element: Element, input: { clientX: number; clientY: number }, onStep: boolean, draggingStep: boolean): Edge {
  const box = element.getBoundingClientRect();
  if (onStep) return input.clientY < box.top + box.height / 2 ? 'before' : 'after';
  if (draggingStep) return 'inside';
  return input.clientX < box.left + box.width / 2 ? 'before' : 'after';
}

/** Does what a drop says, wherever on the board it lands. */
export function useDropping(board: Board): void {
  const onDrop = useEffectEvent((dragged: Spot, target: Target) => {
    const operation = dropAt(board.journey, dragged, target, target.edge === 'after');
    if (!operation) return;
    board.perform(operation);
    const spot = spotOf(operation);
    if (spot) focusSpot(spot);
  });
  useEffect(
    () =>
      monitorForElements({
        onDrop: ({ source, location }) => {
          const target = location.current.dropTargets[0]?.data;
          if (target) onDrop(source.data as unknown as Spot, target as unknown as Target);
        },
      }),
    [],
  );
}
