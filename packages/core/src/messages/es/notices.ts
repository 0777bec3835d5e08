import type { noticeMessages as english } from '../en/notices.js';
import type { TranslationOf } from '../message.js';

export const noticeMessages: TranslationOf<typeof english> = {
  'notice.assetDeleted': '«{name}» se ha eliminado',
  'notice.assetsDeleted': { one: 'Se ha eliminado {count} archivo', other: 'Se han eliminado {count} archivos' },
  'notice.assetsRestored': { one: 'Se ha restaurado {count} archivo', other: 'Se han restaurado {count} archivos' },
  'notice.projectDeleted': '«{title}» se ha eliminado',
  'notice.projectRestored': '«{title}» se ha restaurado',
  'notice.exportDone': '«{name}» se ha exportado a tu mediateca',
  'notice.exportUpdated': '«{name}» se actualizó en tu biblioteca',
  'notice.exportGoesOn': '«{name}» continúa donde se detuvo',
  'notice.exportFailed': 'La exportación de «{name}» se ha detenido',
  'notice.importFailed': 'No se ha podido añadir «{name}»',
  'notice.importUndecodable': '«{name}» se ha añadido, pero este navegador no puede reproducirlo',
  'notice.converted': '«{name}» ya se puede reproducir y cortar aquí',
  'notice.convertFailed': 'No se ha podido convertir «{name}»',
  'notice.uploadPaused': 'La subida de «{name}» está parada',
  'notice.uploadNeedsFile': 'Hay que elegir otra vez «{name}» para subirlo',
  'notice.uploadDuplicate': '«{name}» ya está en la mediateca: indica en la lista de subidas qué hacer con él',
  'notice.assetsTagged': { one: 'Se ha etiquetado {count} archivo', other: 'Se han etiquetado {count} archivos' },
  'notice.changeUndone': 'Se ha deshecho el cambio',
  'notice.versionRestored': 'La versión {number} vuelve a ser la actual',
  'notice.signInHere': 'Inicia sesión en este sitio e inténtalo de nuevo',
  'notice.assetNotUsable': '«{name}» no se puede poner en la línea de tiempo',
  'notice.assetsMissing': { one: '{count} archivo ya no existe', other: '{count} archivos ya no existen' },
  'notice.chapterAdded': '«{title}» se ha añadido al capítulo',
  'notice.actionFailed': 'No ha funcionado',
};
