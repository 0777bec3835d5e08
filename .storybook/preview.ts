import type { Decorator, Preview } from '@storybook/web-components-vite';

/** Elements take language, direction and colour scheme from the page, so the toolbar sets them there. */
const applyToPage: Decorator = (story, { globals }) => {
  const page = document.documentElement;
  const theme = String(globals['theme']);
  page.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
  page.style.background = 'Canvas';
  page.lang = String(globals['locale']);
  page.dir = new Intl.Locale(page.lang).language === 'ar' ? 'rtl' : 'ltr';
  return story();
};

const preview: Preview = {
  decorators: [applyToPage],
  globalTypes: {
    theme: {
      description: 'Colour scheme of the page',
      toolbar: {
        title: 'Theme',
        icon: 'contrast',
        items: [
          { value: 'auto', title: 'As the system' },
          { value: 'light', title: 'Light' },
          { value: 'dark', title: 'Dark' },
        ],
        dynamicTitle: true,
      },
    },
    locale: {
      description: 'Language of the page',
      toolbar: {
        title: 'Language',
        icon: 'globe',
        items: [
          { value: 'en', title: 'English' },
          { value: 'es', title: 'Español' },
        ],
        dynamicTitle: true,
      },
    },
  },
  initialGlobals: { theme: 'light', locale: 'en' },
  parameters: {
    layout: 'fullscreen',
    backgrounds: { disable: true },
    controls: { expanded: true },
  },
};

export default preview;
