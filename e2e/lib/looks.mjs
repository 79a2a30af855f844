// How every screen is looked at: by day, by night, on a phone, in each language.
export const looks = {
  light: { language: 'zh-Hant' },
  dark: { language: 'zh-Hant', dark: true },
  phone: { language: 'zh-Hant', width: 390, height: 844 },
  hans: { language: 'zh-Hans' },
  en: { language: 'en' },
};
