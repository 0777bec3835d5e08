import type { browserMessages as english } from '../en/browser.js';
import type { TranslationOf } from '../message.js';

export const browserMessages: TranslationOf<typeof english> = {
  'browser.title': 'Archivos',
  'browser.tabAssets': 'Archivos',
  'browser.tabRecordings': 'Grabaciones',
  'browser.pickTitle': 'Elegir archivos',
  'browser.pick': { one: 'Elegir {count} archivo', other: 'Elegir {count} archivos' },
  'browser.pickNone': 'Elige archivos',
  'browser.add': 'Añadir «{name}» a la línea de tiempo',
  'browser.addSelected': { one: 'Añadir a la línea de tiempo', other: 'Añadir {count} a la línea de tiempo' },
  'browser.added': '«{name}» se ha añadido a la línea de tiempo',
  'browser.dragHint': 'Arrastre a la línea de tiempo, o pulse Intro para añadir al final',
  'browser.search': 'Buscar archivos',
  'browser.emptyTitle': 'Aún no hay archivos',
  'browser.emptyText': 'Añade archivos o suéltalos aquí.',
  'browser.noRecordings': 'Aún no hay grabaciones',
  'browser.noRecordingsText': 'Lo que grabes aparecerá aquí.',
  'browser.import': 'Importar',
  'browser.addedCount': {
    one: '{count} archivo se ha añadido a la línea de tiempo',
    other: '{count} archivos se han añadido a la línea de tiempo',
  },
};
