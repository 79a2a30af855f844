import antd from 'antd/es/locale/zh_CN';
import type { Language } from '..';
import { byFeature } from '../files';

const language: Language = { texts: byFeature(import.meta.glob<object>('./*.json', { eager: true, import: 'default' })), antd };

export default language;
