import type { operationMessages as english } from '../en/operations.js';
import type { TranslationOf } from '../message.js';

export const operationMessages: TranslationOf<typeof english> = {
  'operations.title': 'Cambios en muchos archivos',
  'operations.delete': { one: 'Eliminando {count} archivo', other: 'Eliminando {count} archivos' },
  'operations.restore': { one: 'Restaurando {count} archivo', other: 'Restaurando {count} archivos' },
  'operations.tag': { one: 'Etiquetando {count} archivo', other: 'Etiquetando {count} archivos' },
  'operations.untag': { one: 'Quitando etiquetas de {count} archivo', other: 'Quitando etiquetas de {count} archivos' },
  'operations.rename': {
    one: 'Cambiando el nombre de {count} archivo',
    other: 'Cambiando el nombre de {count} archivos',
  },
  'operations.doneDelete': { one: '{count} archivo eliminado', other: '{count} archivos eliminados' },
  'operations.doneRestore': { one: '{count} archivo restaurado', other: '{count} archivos restaurados' },
  'operations.doneTag': { one: '{count} archivo etiquetado', other: '{count} archivos etiquetados' },
  'operations.doneUntag': {
    one: 'Etiquetas quitadas de {count} archivo',
    other: 'Etiquetas quitadas de {count} archivos',
  },
  'operations.doneRename': { one: '{count} archivo con nombre nuevo', other: '{count} archivos con nombre nuevo' },
  'operations.doneOf': '{done} de {total}',
  'operations.cancel': 'Detener: {work}',
  'operations.cancelled': 'Detenido: {done} de {total} hechos',
  'operations.failed': { one: '{count} ha fallado', other: '{count} han fallado' },
  'operations.failedList': 'Archivos en los que ha fallado, y por qué',
  'operations.dismiss': 'Quitar de la lista: {work}',
  'operations.showFailed': 'Mostrar por qué',
  'operations.hideFailed': 'Ocultar por qué',
  'operations.tagSelected': { one: 'Etiquetar {count} archivo', other: 'Etiquetar {count} archivos' },
  'operations.tagsLabel': 'Etiquetas que añadir, separadas por comas',
};
