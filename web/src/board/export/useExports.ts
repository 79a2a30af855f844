import { App, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/useFormat';
import { rowsOfBoard } from '../model/rows';
import { useBoard } from '../useBoard';
import { boardCsv } from './csv';
import { download } from './download';
import { pictureOf } from './picture';

/** The menu of ways to take the board along: a picture, paper, a spreadsheet. */
export function useExports(): NonNullable<MenuProps['items']> {
  const { t } = useTranslation('board');
  const { journey, answer, before, nameOf, today, draft, revision } = useBoard();
  const format = useFormat();
  const { message } = App.useApp();
  const file = `${journey.id}-${today}`;

  const caption = {
    title: nameOf(journey),
    note: [
      t('header.version', { version: draft.version, author: revision.author, date: format.date(revision.at) }),
      ...(answer ? [t('filter.asOf', { when: format.dateTime(answer.asOf) }), t('filter.customers', { shown: format.count(answer.facts.customers).text })] : []),
    ].join(' · '),
  };

  const png = async () => {
    const element = document.getElementById('board-picture');
    if (!element) return;
    try {
      download(`${file}.png`, await pictureOf(element, getComputedStyle(document.body).backgroundColor, caption));
    } catch {
      void message.error(t('export.failed'));
    }
  };
  const csv = () => download(`${file}.csv`, new Blob([boardCsv(rowsOfBoard(journey, answer, before, nameOf), answer, t)], { type: 'text/csv;charset=utf-8' }));
  return [
    { key: 'png', label: t('export.png'), onClick: () => void png() },
    { key: 'pdf', label: t('export.pdf'), onClick: () => window.print() },
    { key: 'csv', label: t('export.csv'), onClick: csv },
  ];
}
