import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Badges as BadgeStates, BadgeState } from '../api/types';
import styles from './Badges.module.css';

const promises = ['measurable', 'traceable', 'predictable', 'inheritable'] as const;
const marks: Record<BadgeState, string> = { holds: '✓', fails: '—', unknown: '?' };

/** The four promises of a thing, each with its state in a mark, a word and a colour. */
export function Badges({ badges }: { badges: BadgeStates }) {
  const { t } = useTranslation('shell');
  return (
    <ul className={styles.badges}>
      {promises.map((promise) => {
        const state = badges[promise];
        return (
          <Tooltip key={promise} title={`${t(`badges.${promise}`)} · ${t(`badges.${state}`)}: ${t(`badges.means.${promise}`)}`}>
            <li className={styles[state]}>
              <span aria-hidden="true">{marks[state]}</span> {t(`badges.${promise}`)}
              <span className="visually-hidden">: {t(`badges.${state}`)}</span>
            </li>
          </Tooltip>
        );
      })}
    </ul>
  );
}
