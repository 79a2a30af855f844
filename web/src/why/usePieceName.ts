import { useTranslation } from 'react-i18next';
import { useLocale } from '../format/useFormat';
import { pick } from '../i18n/localized';
import { useRowName } from '../metrics/useRowName';
import type { Piece } from './model';

/** The name of a piece in the reader's language. */
export function usePieceName(): (piece: Piece) => string {
  const { t } = useTranslation('why');
  const locale = useLocale();
  const rowName = useRowName();
  return (piece) => {
    switch (piece.kind) {
      case 'metric':
        return pick(piece.name, locale).text || piece.id;
      case 'value':
        return rowName(piece.value);
      default:
        return t(`piece.${piece.kind}`);
    }
  };
}

/** The name of a where key: the fixed ones in words, the others as they are written. */
export function useKeyName(): (key: string) => string {
  const { t } = useTranslation('board');
  return (key) => (key === 'channel' || key === 'source' ? t(`keys_of.${key}`) : key.replace(/^(properties|traits|account)\./, ''));
}
