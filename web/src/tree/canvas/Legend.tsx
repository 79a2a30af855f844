// What the lines mean, and the buttons for what a wheel or two fingers do.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import styles from './Canvas.module.css';

export function Legend({ onZoom, onFit }: { onZoom: (factor: number) => void; onFit: () => void }) {
  const { t } = useTranslation('tree');
  return (
    <div className={styles.legend}>
      {(['arithmetic', 'influence', 'input'] as const).map((is) => (
        <span key={is}>
          <svg viewBox="0 0 26 6" aria-hidden="true" focusable="false">
            <path d="M0 3H26" className={`${styles.line} react-flow__edge-path`} data-is={is} fill="none" />
          </svg>
          {t(`legend.${is}`)}
        </span>
      ))}
      <span className={styles.zoom}>
        <Button size="small" aria-label={t('canvas.zoomOut')} title={t('canvas.zoomOut')} onClick={() => onZoom(1 / 1.2)}>
          −
        </Button>
        <Button size="small" aria-label={t('canvas.zoomIn')} title={t('canvas.zoomIn')} onClick={() => onZoom(1.2)}>
          +
        </Button>
        <Button size="small" onClick={onFit}>
          {t('canvas.fit')}
        </Button>
      </span>
    </div>
  );
}
