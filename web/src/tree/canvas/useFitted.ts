// The zoom at which a tree fills the width of the page, and the height it has then. Where
// it is wider than the page at the least zoom that is read, the star is in the middle.
import { useReactFlow, type OnMove } from '@xyflow/react';
import { useCallback, useEffect, useState, type RefObject } from 'react';
import type { Placed } from '../model/place';

/** Below this the words of a card cannot be read: then the tree is wider than the page, and is moved. */
const leastZoom = 0.78;
const margin = 6;
export const zooms = { least: 0.3, most: 2 };

interface Fitted {
  onMove: OnMove;
  zoomBy: (factor: number) => void;
  /** Shows all of it, however small. */
  fit: () => void;
  width: number; // of the canvas, in pixels of the page
  height: number;
}

export function useFitted(box: RefObject<HTMLDivElement | null>, placed: Placed): Fitted {
  const flow = useReactFlow();
  const [width, setWidth] = useState(0);
  const [widest, setWidest] = useState(0); // without the drawer beside it: that one opens changes no size
  const [own, setOwn] = useState<number | null>(null); // the zoom that somebody chose
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const [page, column] = [element.closest<HTMLElement>('[data-page]'), element.closest<HTMLElement>('[data-scrolls]')];
      setWidth(element.clientWidth);
      setWidest(element.clientWidth + (page?.clientWidth ?? 0) - (column?.offsetWidth ?? 0));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  const whole = widest === 0 ? 1 : Math.min(1, (widest - 2 * margin) / placed.width);
  const usual = Math.max(leastZoom, whole);
  const left = leftOf(placed, usual, widest);
  useEffect(() => {
    if (own === null) void flow.setViewport({ x: left, y: margin, zoom: usual });
  }, [flow, own, left, usual]);
  const fit = useCallback(() => {
    setOwn(whole < usual ? whole : null);
    void flow.setViewport({ x: leftOf(placed, whole, widest), y: margin, zoom: whole });
  }, [flow, placed, usual, whole, widest]);
  const zoomBy = useCallback(
    (factor: number) => {
      const { x, y, zoom } = flow.getViewport();
      const next = Math.min(zooms.most, Math.max(zooms.least, zoom * factor));
      setOwn(next);
      // What is in the middle stays there.
      void flow.setViewport({ x: width / 2 - ((width / 2 - x) * next) / zoom, y, zoom: next });
    },
    [flow, width],
  );
  // Moved by hand, not by the lines above.
  const onMove = useCallback<OnMove>((event, { zoom }) => {
    if (event) setOwn(zoom);
  }, []);
  return { onMove, zoomBy, fit, width, height: Math.ceil(placed.height * (own ?? usual)) + 2 * margin + 12 };
}

/** Where the left edge of the tree lies: in the middle if there is room, else so that its star is, with nothing left empty beside it. */
function leftOf({ width, corner }: Placed, zoom: number, room: number): number {
  const least = room - margin - width * zoom;
  return least >= margin ? (least + margin) / 2 : Math.min(margin, Math.max(least, room / 2 + corner.x * zoom));
}
