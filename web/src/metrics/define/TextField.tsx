// A text in the reader's language, and behind one button in the others.
import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalizedText } from '../../api/types';
import { useLocale } from '../../format/useFormat';
import { pick } from '../../i18n/localized';
import { at, type Path } from './model/definition';
import { otherLanguages, rewrittenIn, writtenIn } from './model/text';
import { Field } from './Field';
import { useDefine } from './useDefine';
import styles from './Define.module.css';

interface TextFieldProps {
  path: Path;
  label: string;
  hint?: string;
  placeholder?: string;
  long?: boolean;
  autoFocus?: boolean;
}

export function TextField({ path, label, hint, placeholder, long = false, autoFocus }: TextFieldProps) {
  const { t } = useTranslation('define');
  const { metric, put } = useDefine();
  const locale = useLocale();
  const text = at(metric, path) as LocalizedText | undefined;
  const others = otherLanguages(locale);
  const written = others.filter(({ value }) => writtenIn(text, value, locale) !== '');
  const own = writtenIn(text, locale, locale);
  // Who reads a language in which nothing is written sees what there is.
  const [open, setOpen] = useState(own === '' && written.length > 0);
  const write = (language: typeof locale) => (event: { target: { value: string } }) => put(path, rewrittenIn(text, language, locale, event.target.value));
  const control = (language: typeof locale, more: object) =>
    long ? (
      <Input.TextArea {...more} lang={language} autoSize={{ minRows: 2, maxRows: 8 }} value={writtenIn(text, language, locale)} onChange={write(language)} />
    ) : (
      <Input {...more} lang={language} value={writtenIn(text, language, locale)} onChange={write(language)} />
    );
  return (
    <Field
      path={path.join('.')}
      label={label}
      hint={hint}
      extra={
        <button type="button" className={styles.link} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('text.close') : written.length > 0 ? t('text.others', { languages: written.map((one) => one.label).join(' · ') }) : t('text.add')}
        </button>
      }
    >
      {(wiring) => (
        <>
          {control(locale, { ...wiring, autoFocus, placeholder: own === '' && written.length > 0 ? pick(text, locale).text : placeholder })}
          {open &&
            others.map(({ value, label: language }) => (
              <label key={value} className={styles.language}>
                <span lang={value}>{language}</span>
                {control(value, {})}
              </label>
            ))}
        </>
      )}
    </Field>
  );
}
