import type { uploadMessages as english } from '../en/uploads.js';
import type { TranslationOf } from '../message.js';

export const uploadMessages: TranslationOf<typeof english> = {
  'uploads.title': 'Subidas',
  'uploads.queued': 'En espera',
  'uploads.checking': 'Comprobando…',
  'uploads.sending': '{percent}',
  'uploads.completing': 'Terminando…',
  'uploads.done': 'Listo',
  'uploads.failed': 'Ha fallado',
  'uploads.needsFile': 'Elige otra vez el archivo para continuar',
  'uploads.cancelled': 'Cancelada',
  'uploads.storedUndecodable': 'Guardado, pero este navegador no puede reproducirlo',
  'uploads.progress': '{name}: {percent}',
  'uploads.sentOf': '{sent} de {total}',
  'uploads.cancel': 'Cancelar la subida de «{name}»',
  'uploads.retry': 'Reintentar «{name}»',
  'uploads.clear': 'Quitar «{name}» de la lista',
  'uploads.clearAll': 'Quitar las terminadas',
  'uploads.active': { one: 'Se está añadiendo {count} archivo', other: 'Se están añadiendo {count} archivos' },
  'uploads.finished': { one: '{count} archivo añadido', other: '{count} archivos añadidos' },
  'uploads.failedCount': {
    one: 'No se ha podido añadir {count} archivo',
    other: 'No se han podido añadir {count} archivos',
  },
  'uploads.others': { one: 'y {count} más', other: 'y {count} más' },
  'uploads.progressOf': 'Carga de «{name}»',
};
