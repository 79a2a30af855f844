import antd from 'antd/es/locale/en_US';
import type { Language } from '..';
import { byFeature } from '../files';

const language: Language = { texts: byFeature(import.meta.glob<object>('./*.json', { eager: true, import: 'default' })), antd };

export default language;
