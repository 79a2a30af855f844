// The North Star: one large number, how it moved, its course, and on the way to what.
import { Link } from '@tanstack/react-router';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useScope } from '../board/filter/useScope';
import { searchOfScope } from '../board/model/scope';
import { useFormat } from '../format/useFormat';
import { goodness } from '../metrics/model';
import { PeriodTable } from '../metrics/PeriodTable';
import { usePeriod } from '../metrics/usePeriod';
import { useUnit } from '../metrics/useUnit';
import { moveOfReading, roundly, type Reading } from '../tree/model/reading';
import { Change } from '../ui/Change';
import { Localized } from '../ui/Localized';
import { StatNumber } from '../ui/StatNumber';
import { useOwners } from './useOwners';
import { StarCourse } from './StarCourse';
import { Tile } from './Tile';
import type { OneTree } from './useCockpit';
import styles from './Cockpit.module.css';

export function StarTile({ tree, className }: { tree: OneTree; className?: string | undefined }) {
  const { t } = useTranslation('cockpit');
  const owners = useOwners();
  const format = useFormat();
  const { star, ruling } = tree;
  const now = star?.now;
  return (
    <Tile
      className={className}
      title={
        <>
          ★ {t('star.title')} · <Localized text={tree.name} fallback={ruling?.metric ?? ''} />
        </>
      }
      extra={
        star &&
        [
          owners(star.owner),
          ...(now ? [`n = ${format.full(now.n)}`] : []),
          ...(ruling ? [ruling.since ? t('star.reign', { count: ruling.place + 1, day: format.date(ruling.since) }) : t('star.first')] : []),
          ...(tree.asOf ? [t('asOf', { when: format.dateTime(tree.asOf) })] : []),
        ].join(' · ')
      }
      loading={!star && !tree.answer}
      error={star ? null : tree.error}
      retry={tree.retry}
      rows={6}
      late={tree.late}
    >
      {star && <Star reading={star} tree={tree} />}
    </Tile>
  );
}

function Star({ reading, tree }: { reading: Reading; tree: OneTree }) {
  const { t } = useTranslation('cockpit');
  const { t: metrics } = useTranslation('metrics');
  const format = useFormat();
  const unit = useUnit(reading.unit);
  const period = usePeriod(tree.grain);
  const scope = useScope();
  const [table, open] = useState(false);
  const { periods, now, target } = reading;
  const move = moveOfReading(reading);
  if (reading.problem) return <p className={styles.problem}>{reading.problem}</p>;
  return (
    <div className={styles.star}>
      <div className={styles.starWords}>
        <Link to="/metric/$id" params={{ id: reading.id }} search={{ grain: tree.grain, ...searchOfScope(scope) }} className={now?.value == null ? `${styles.big} ${styles.hatched}` : styles.big} title={t('star.open')}>
          <StatNumber value={now?.value ?? null} show={unit.plain} />
          {now?.value != null && unit.name && <small>{unit.name}</small>}
        </Link>
        <p className={styles.small}>
          {now ? period(now.from) : metrics('notYet')}
          {now && now.low !== null && now.high !== null && <> · {t('star.interval', { low: unit.plain(now.low), high: unit.plain(now.high) })}</>}
        </p>
        <p>
          {t('star.before')} {move ? <Change value={move.value} unit={move.unit} good={goodness(reading.good)} /> : <Change value={null} unit="percent" />}
        </p>
        {target ? (
          <p className={styles.small}>
            <b>{t('star.until', { value: unit.show(target.value).text, day: format.date(target.to) })}</b>
            <br />
            {target.onTrack === null || target.current === null || target.expected === null
              ? t('star.trackUnknown')
              : t(target.onTrack ? 'star.onTrack' : 'star.behind', { current: unit.plain(target.current), expected: unit.plain(roundly(target.expected)) })}
          </p>
        ) : (
          <p className={styles.small}>{tree.answer && !tree.late ? t('star.noTarget') : '\u00a0'}</p>
        )}
        <Button type="link" size="small" className={styles.plainButton} onClick={() => open(true)}>
          {metrics('table.open')}
        </Button>
      </div>
      <StarCourse reading={reading} grain={tree.grain} since={tree.ruling?.since} />
      <Modal open={table} onCancel={() => open(false)} footer={null} title={<Localized text={reading.name} fallback={reading.id} />} destroyOnHidden>
        <PeriodTable answer={{ unit: reading.unit, grain: tree.grain, periods }} />
      </Modal>
    </div>
  );
}
