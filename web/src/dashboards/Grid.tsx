// The grid that tiles lie on. While it is edited, a tile is moved and resized by
// dragging its grip and its corner, by the arrow keys on its grip (with Shift they
// resize), and by its menu: all three do the same to the same model.
import { MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { asRead, columns, held, placed, type Place, type Tile } from './model';
import { TileBody } from './TileBody';
import { useTileName } from './useTileName';
import styles from './Grid.module.css';

interface GridProps {
  tiles: Tile[];
  /** Without it nothing can be changed. */
  edit?: {
    onMove: (id: string, place: Place) => void;
    onEdit: (tile: Tile) => void;
    onRemove: (id: string) => void;
  };
}

/** A drag under way: what is dragged, how, and where it would come to lie. */
interface Drag {
  id: string;
  place: Place;
}

export function Grid({ tiles, edit }: GridProps) {
  const { t } = useTranslation('dashboards');
  const nameOf = useTileName();
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [told, tell] = useState('');
  const shown = drag ? placed(tiles, drag.id, drag.place) : tiles;
  const move = (tile: Tile, place: Place) => {
    edit?.onMove(tile.id, place);
    const at = held(place);
    tell(t('edit.told', { name: nameOf(tile), column: at.x + 1, row: at.y + 1, w: at.w, h: at.h }));
  };
  return (
    <>
      <div ref={box} className={styles.grid} data-editing={edit !== undefined}>
        {asRead(shown).map((tile) => (
          <div
            key={tile.id}
            className={styles.cell}
            data-kind={tile.kind}
            data-dragged={drag?.id === tile.id}
            style={{ gridColumn: `${tile.x + 1} / span ${tile.w}`, gridRow: `${tile.y + 1} / span ${tile.h}` }}
          >
            {/* What is being arranged is not pressed by accident. */}
            <div className={styles.body} inert={edit !== undefined}>
              <TileBody tile={tile} />
            </div>
            {edit && (
              <Handles
                tile={tiles.find(({ id }) => id === tile.id) ?? tile}
                name={nameOf(tile)}
                cell={() => cellOf(box.current)}
                onDrag={(place) => setDrag(place && { id: tile.id, place })}
                onMove={(place) => move(tile, place)}
                onEdit={() => edit.onEdit(tile)}
                onRemove={() => edit.onRemove(tile.id)}
              />
            )}
          </div>
        ))}
      </div>
      <p className="visually-hidden" aria-live="polite">
        {told}
      </p>
    </>
  );
}

interface Cell {
  width: number;
  height: number;
}

/** How wide and high a cell with its gap is, in pixels; null where there is one column, which shows no cells. */
function cellOf(box: HTMLElement | null): Cell | null {
  if (!box) return null;
  const { columnGap, display, rowGap, gridAutoRows } = getComputedStyle(box);
  if (display === 'flex') return null;
  const [gap, rows] = [Number.parseFloat(columnGap) || 0, Number.parseFloat(rowGap) || 0];
  return { width: (box.clientWidth + gap) / columns, height: (Number.parseFloat(gridAutoRows) || 60) + rows };
}

interface HandlesProps {
  tile: Tile;
  name: string;
  cell: () => Cell | null;
  /** Where it would lie; null: the drag was given up, or is over. */
  onDrag: (place: Place | null) => void;
  onMove: (place: Place) => void;
  onEdit: () => void;
  onRemove: () => void;
}

function Handles({ tile, name, cell, onDrag, onMove, onEdit, onRemove }: HandlesProps) {
  const { t } = useTranslation('dashboards');
  const nudges: { key: string; by: Partial<Place> }[] = [
    { key: 'left', by: { x: -1 } },
    { key: 'right', by: { x: 1 } },
    { key: 'up', by: { y: -1 } },
    { key: 'down', by: { y: 1 } },
    { key: 'wider', by: { w: 1 } },
    { key: 'narrower', by: { w: -1 } },
    { key: 'taller', by: { h: 1 } },
    { key: 'shorter', by: { h: -1 } },
  ];
  const nudge = (by: Partial<Place>) => onMove({ x: tile.x + (by.x ?? 0), y: tile.y + (by.y ?? 0), w: tile.w + (by.w ?? 0), h: tile.h + (by.h ?? 0) });
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (by) {
      event.preventDefault();
      nudge(event.shiftKey ? { w: by[0], h: by[1] } : { x: by[0], y: by[1] });
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      onRemove();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      onEdit();
    }
  };
  return (
    <>
      <button type="button" className={styles.grip} onKeyDown={press} aria-label={t('edit.grip', { name })} title={t('edit.gripHint')} {...dragging((dx, dy) => ({ ...tile, x: tile.x + dx, y: tile.y + dy }))}>
        <span aria-hidden="true">⠿</span> {name}
      </button>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'edit', label: t('edit.contents'), onClick: onEdit },
            { type: 'divider' },
            ...nudges.map(({ key, by }) => ({ key, label: t(`edit.${key}`), onClick: () => nudge(by) })),
            { type: 'divider' },
            { key: 'remove', label: t('edit.remove'), danger: true, onClick: onRemove },
          ],
        }}
      >
        <Button size="small" className={styles.menu} icon={<MoreOutlined aria-hidden />} aria-label={t('edit.menu', { name })} />
      </Dropdown>
      {/* The corner is for the mouse: keys and the menu do the same. */}
      <span className={styles.corner} aria-hidden="true" {...dragging((dx, dy) => ({ ...tile, w: tile.w + dx, h: tile.h + dy }))} />
    </>
  );

  /** Follows the pointer from where it was pressed, a cell at a time. */
  function dragging(placeAt: (dx: number, dy: number) => Place) {
    return {
      onPointerDown: (down: PointerEvent<HTMLElement>) => {
        const size = cell();
        if (down.button !== 0 || !size) return;
        const element = down.currentTarget;
        element.setPointerCapture(down.pointerId);
        const { width, height } = size;
        let place: Place | null = null;
        const follow = (event: globalThis.PointerEvent) => {
          place = placeAt(Math.round((event.clientX - down.clientX) / width), Math.round((event.clientY - down.clientY) / height));
          onDrag(place);
        };
        const end = (event: Event) => {
          element.removeEventListener('pointermove', follow);
          element.removeEventListener('pointerup', end);
          element.removeEventListener('pointercancel', end);
          onDrag(null);
          if (event.type === 'pointerup' && place) onMove(place);
        };
        element.addEventListener('pointermove', follow);
        element.addEventListener('pointerup', end);
        element.addEventListener('pointercancel', end);
      },
    };
  }
}
