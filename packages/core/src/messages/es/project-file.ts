import type { projectFileMessages as english } from '../en/project-file.js';
import type { TranslationOf } from '../message.js';

export const projectFileMessages: TranslationOf<typeof english> = {
  'projectFile.open': 'Abrir archivo de proyecto…',
  'projectFile.download': 'Descargar archivo de proyecto',
  'projectFile.downloadWithMedia': 'Descargar con los medios',
  'projectFile.drop': 'Suelta archivos de proyecto para abrirlos',
  'projectFile.dropHint': 'Archivos que terminan en .lectern o .lectern.json',
  'projectFile.reading': 'Leyendo «{name}»…',
  'projectFile.packing': 'Empaquetando «{name}»: {done} de {total}',
  'projectFile.checking': 'Comprobando «{name}»: {done} de {total}',
  'projectFile.importing': 'Añadiendo los medios de «{name}»: {done} de {total}',
  'projectFile.progress': 'Progreso del archivo de proyecto',
  'projectFile.cancel': 'Cancelar «{name}»',
  'projectFile.cancelled': 'Cancelado: «{name}»',
  'projectFile.saved': 'Descargado: {name}',
  'projectFile.opened': '«{title}» se ha abierto como borrador nuevo',
  'projectFile.repaired': 'Algunos clips de «{title}» no encajaban y se han corregido',
  'projectFile.missing': {
    one: '«{title}» se ha abierto. {count} archivo no está en esta biblioteca: {names}. Sus clips aparecen como ausentes.',
    other:
      '«{title}» se ha abierto. {count} archivos no están en esta biblioteca: {names}. Sus clips aparecen como ausentes.',
  },
  'projectFile.leftOut': {
    one: 'Al archivo de proyecto le falta {count} archivo que ya no existe: {names}',
    other: 'Al archivo de proyecto le faltan {count} archivos que ya no existen: {names}',
  },
  'projectFile.mediaKept': {
    one: 'El proyecto no se ha abierto, pero {count} archivo suyo ya está en tu biblioteca: {names}',
    other: 'El proyecto no se ha abierto, pero {count} archivos suyos ya están en tu biblioteca: {names}',
  },
  'projectFile.openFailed': 'No se ha podido abrir «{name}»',
  'projectFile.downloadFailed': 'No se ha podido crear el archivo de «{name}»',

  'projectFile.error.file-type-unknown.title': '{subject} no es un archivo de proyecto',
  'projectFile.error.file-type-unknown.advice':
    'Elige un archivo que se haya descargado como proyecto y que termine en .lectern o .lectern.json. Los vídeos, sonidos e imágenes van a la biblioteca de medios.',
  'projectFile.error.file-type-unknown.adviceShort':
    'Elige un archivo que se haya descargado como proyecto y que termine en .lectern o .lectern.json. Los vídeos, sonidos e imágenes van a la biblioteca de medios.',

  'projectFile.error.file-truncated.title': '{subject} está incompleto',
  'projectFile.error.file-truncated.advice':
    'Le falta el final, como tras una descarga o copia interrumpida. Consigue de nuevo el archivo de proyecto y abre ese.',
  'projectFile.error.file-truncated.adviceShort':
    'Le falta el final, como tras una descarga o copia interrumpida. Consigue de nuevo el archivo de proyecto y abre ese.',

  'projectFile.error.corrupt.title': '{subject} está dañado',
  'projectFile.error.corrupt.advice':
    '«{entry}» ya no es lo que se guardó en él. No se ha abierto nada. Consigue de nuevo el archivo de proyecto o descárgalo otra vez donde está el proyecto.',
  'projectFile.error.corrupt.adviceShort':
    'Su contenido no se puede leer. No se ha abierto nada. Consigue de nuevo el archivo de proyecto o descárgalo otra vez donde está el proyecto.',

  'projectFile.error.file-type-unsupported.title': '{subject} está empaquetado de un modo que no es seguro abrir',
  'projectFile.error.file-type-unsupported.advice':
    'El motivo es «{entry}» en su interior. Ningún archivo de proyecto de aquí es así: pide otro a quien te lo dio.',
  'projectFile.error.file-type-unsupported.adviceShort':
    'Ningún archivo de proyecto de aquí es así: pide otro a quien te lo dio.',

  'projectFile.error.file-too-large.title': 'El proyecto de {subject} es demasiado grande',
  'projectFile.error.file-too-large.advice':
    'Su texto puede ocupar {limit} como máximo, sin contar los medios. Divide el proyecto en partes donde se creó y descarga cada una.',
  'projectFile.error.file-too-large.adviceShort': 'Divide el proyecto en partes donde se creó y descarga cada una.',

  'projectFile.error.invalid-input.title': 'No se puede leer el proyecto de {subject}',
  'projectFile.error.invalid-input.advice':
    'En «{path}» debería haber {expected}. Si el archivo se cambió a mano, deshaz ese cambio; si no, descárgalo otra vez donde está el proyecto.',
  'projectFile.error.invalid-input.adviceShort':
    'Si el archivo se cambió a mano, deshaz ese cambio; si no, descárgalo otra vez donde está el proyecto.',

  'projectFile.error.too-new.title': '{subject} se hizo con una versión más reciente del estudio',
  'projectFile.error.too-new.advice':
    'Recarga la página para tener el estudio más reciente y abre el archivo de nuevo. No se ha cambiado nada.',
  'projectFile.error.too-new.adviceShort':
    'Recarga la página para tener el estudio más reciente y abre el archivo de nuevo. No se ha cambiado nada.',
};
