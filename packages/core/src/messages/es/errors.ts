import type { errorMessages as english } from '../en/errors.js';
import type { TranslationOf } from '../message.js';

export const errorMessages: TranslationOf<typeof english> = {
  'error.aborted.subject': 'Este paso',
  'error.aborted.title': 'Cancelado',
  'error.aborted.advice': 'No se ha cambiado nada. Empieza de nuevo cuando quieras.',
  'error.aborted.adviceShort': 'No se ha cambiado nada. Empieza de nuevo cuando quieras.',

  'error.not-found.subject': 'Este elemento',
  'error.not-found.title': '{subject} ya no existe',
  'error.not-found.advice': 'Puede que se haya eliminado en otra ventana. Actualiza la lista o mira en la papelera.',
  'error.not-found.adviceShort':
    'Puede que se haya eliminado en otra ventana. Actualiza la lista o mira en la papelera.',

  'error.already-exists.subject': 'Un elemento así',
  'error.already-exists.title': '{subject} ya existe',
  'error.already-exists.advice': 'Elige otro nombre o usa el que ya está.',
  'error.already-exists.adviceShort': 'Elige otro nombre o usa el que ya está.',

  'error.conflict.subject': 'Este elemento',
  'error.conflict.title': '{subject} ha cambiado entretanto en otro sitio',
  'error.conflict.advice': 'Actualiza para ver la última versión y repite tu cambio.',
  'error.conflict.adviceShort': 'Actualiza para ver la última versión y repite tu cambio.',

  'error.in-use.subject': 'Este archivo',
  'error.in-use.title': '{subject} se está usando y no se ha eliminado',
  'error.in-use.advice': 'Se usa en {places}. Quítalo primero de allí y luego elimínalo.',
  'error.in-use.adviceShort': 'Quítalo de los proyectos y capítulos que lo usan y luego elimínalo.',

  'error.invalid-input.subject': 'Este dato',
  'error.invalid-input.title': '{subject} no se puede usar así',
  'error.invalid-input.advice': 'Revisa «{path}»: se esperaba {expected}.',
  'error.invalid-input.adviceShort': 'Revisa lo que has escrito e inténtalo de nuevo.',

  'error.unauthenticated.subject': 'Tú',
  'error.unauthenticated.title': 'Se ha cerrado tu sesión',
  'error.unauthenticated.advice':
    'Inicia sesión de nuevo con el mismo usuario. Hasta entonces tu trabajo se conserva en este navegador.',
  'error.unauthenticated.adviceShort':
    'Inicia sesión de nuevo con el mismo usuario. Hasta entonces tu trabajo se conserva en este navegador.',

  'error.forbidden.subject': 'Este elemento',
  'error.forbidden.title': 'No tienes permiso para hacer esto',
  'error.forbidden.advice': 'Pide acceso a la persona responsable del curso.',
  'error.forbidden.adviceShort': 'Pide acceso a la persona responsable del curso.',

  'error.offline.subject': 'La conexión',
  'error.offline.title': 'No hay conexión',
  'error.offline.advice': 'Revisa tu conexión. Continúa solo en cuanto vuelva.',
  'error.offline.adviceShort': 'Revisa tu conexión. Continúa solo en cuanto vuelva.',

  'error.timeout.subject': 'El servidor',
  'error.timeout.title': 'El servidor ha tardado demasiado',
  'error.timeout.advice': 'Inténtalo de nuevo. Si sigue pasando, puede que tu conexión sea lenta.',
  'error.timeout.adviceShort': 'Inténtalo de nuevo. Si sigue pasando, puede que tu conexión sea lenta.',

  'error.rate-limited.subject': 'El servidor',
  'error.rate-limited.title': 'Demasiadas peticiones a la vez',
  'error.rate-limited.advice': 'Espera un momento e inténtalo de nuevo.',
  'error.rate-limited.adviceShort': 'Espera un momento e inténtalo de nuevo.',

  'error.server.subject': 'El servidor',
  'error.server.title': 'El servidor ha tenido un problema',
  'error.server.advice': 'No es culpa tuya. Inténtalo de nuevo dentro de un minuto.',
  'error.server.adviceShort': 'No es culpa tuya. Inténtalo de nuevo dentro de un minuto.',

  'error.quota-exceeded.subject': 'este archivo',
  'error.quota-exceeded.title': 'No queda espacio para {subject}',
  'error.quota-exceeded.advice':
    'Elimina archivos que ya no necesites y vacía la papelera, o libera espacio en este dispositivo, e inténtalo de nuevo.',
  'error.quota-exceeded.adviceShort':
    'Elimina archivos que ya no necesites y vacía la papelera, o libera espacio en este dispositivo, e inténtalo de nuevo.',

  'error.storage-denied.subject': 'Este navegador',
  'error.storage-denied.title': 'Este navegador no deja que la página guarde nada',
  'error.storage-denied.advice':
    'Sal de la navegación privada o permite los datos de este sitio, o ábrelo en una pestaña propia. Mientras tanto, descarga lo que quieras conservar.',
  'error.storage-denied.adviceShort':
    'Sal de la navegación privada o permite los datos de este sitio, o ábrelo en una pestaña propia. Mientras tanto, descarga lo que quieras conservar.',

  'error.corrupt.subject': 'Este elemento',
  'error.corrupt.title': '{subject} está dañado y no se puede leer',
  'error.corrupt.advice': 'Abre una versión anterior del historial o usa una copia de seguridad.',
  'error.corrupt.adviceShort': 'Abre una versión anterior del historial o usa una copia de seguridad.',

  'error.too-new.subject': 'Este proyecto',
  'error.too-new.title': '{subject} se hizo con una versión más nueva del estudio',
  'error.too-new.advice':
    'Recarga la página para tener el estudio más reciente. Hasta entonces se puede ver, pero no cambiar.',
  'error.too-new.adviceShort':
    'Recarga la página para tener el estudio más reciente. Hasta entonces se puede ver, pero no cambiar.',

  'error.file-empty.subject': 'Este archivo',
  'error.file-empty.title': '{subject} está vacío',
  'error.file-empty.advice': 'No tiene ningún contenido (0 bytes). Expórtalo o cópialo otra vez desde su origen.',
  'error.file-empty.adviceShort': 'No tiene ningún contenido (0 bytes). Expórtalo o cópialo otra vez desde su origen.',

  'error.file-type-unknown.subject': 'Este archivo',
  'error.file-type-unknown.title': '{subject} no es un vídeo, un sonido ni una imagen',
  'error.file-type-unknown.advice':
    'Su contenido no corresponde a su nombre. Usa MP4, WebM, MOV, MP3, WAV, M4A, PNG, JPEG o WebP.',
  'error.file-type-unknown.adviceShort':
    'Su contenido no corresponde a su nombre. Usa MP4, WebM, MOV, MP3, WAV, M4A, PNG, JPEG o WebP.',

  'error.file-type-unsupported.subject': 'Este archivo',
  'error.file-type-unsupported.title': '{subject} es de un tipo que aquí no se puede usar',
  'error.file-type-unsupported.advice': 'Conviértelo a MP4, WebM, MP3, WAV, PNG o JPEG e importa el resultado.',
  'error.file-type-unsupported.adviceShort': 'Conviértelo a MP4, WebM, MP3, WAV, PNG o JPEG e importa el resultado.',

  'error.file-truncated.subject': 'Este archivo',
  'error.file-truncated.title': '{subject} está incompleto',
  'error.file-truncated.advice':
    'Falta su final, como tras una descarga o copia interrumpida. Consíguelo de nuevo e impórtalo.',
  'error.file-truncated.adviceShort':
    'Falta su final, como tras una descarga o copia interrumpida. Consíguelo de nuevo e impórtalo.',

  'error.file-too-large.subject': 'Este archivo',
  'error.file-too-large.title': '{subject} es demasiado grande',
  'error.file-too-large.advice':
    'Los archivos pueden tener {limit} como máximo. Hazlo más pequeño o córtalo en partes.',
  'error.file-too-large.adviceShort': 'Hazlo más pequeño o córtalo en partes.',

  'error.image-too-large.subject': 'Esta imagen',
  'error.image-too-large.title': '{subject} tiene demasiados píxeles',
  'error.image-too-large.advice':
    'Tiene {width} × {height} píxeles; se pueden abrir con seguridad hasta {limit} en total. Redúcela e importa el resultado.',
  'error.image-too-large.adviceShort': 'Redúcela, por ejemplo a 8000 píxeles en su lado largo, e importa el resultado.',

  'error.undecodable.subject': 'este archivo',
  'error.undecodable.title': 'Este navegador no puede reproducir {subject}',
  'error.undecodable.advice':
    'Está codificado como {codec}, y este navegador no tiene decodificador para ello. El archivo se conserva; conviértelo a H.264 o VP9 para cortarlo aquí, o prueba otro navegador.',
  'error.undecodable.adviceShort':
    'El archivo se conserva; conviértelo a H.264 o VP9 para cortarlo aquí, o prueba otro navegador.',

  'error.converter-unavailable.subject': 'El conversor',
  'error.converter-unavailable.title': 'No se ha podido cargar el conversor',
  'error.converter-unavailable.advice':
    'Comprueba la conexión y vuelve a intentarlo. Si sigue pasando, avisa a quien lleva este sitio; mientras tanto, convierte el archivo con un programa de tu ordenador.',
  'error.converter-unavailable.adviceShort':
    'Comprueba la conexión y vuelve a intentarlo. Si sigue pasando, avisa a quien lleva este sitio; mientras tanto, convierte el archivo con un programa de tu ordenador.',

  'error.encoder-unavailable.subject': 'Este navegador',
  'error.encoder-unavailable.title': 'Este navegador no puede crear vídeos en ese formato',
  'error.encoder-unavailable.advice': 'Elige otro formato o un tamaño menor, o usa un Chrome, Edge o Safari actual.',
  'error.encoder-unavailable.adviceShort':
    'Elige otro formato o un tamaño menor, o usa un Chrome, Edge o Safari actual.',

  'error.source-missing.subject': 'un clip',
  'error.source-missing.title': 'Falta el archivo de {subject}',
  'error.source-missing.advice':
    'Restaura el archivo desde la papelera, o sustituye o elimina el clip, e inténtalo de nuevo.',
  'error.source-missing.adviceShort':
    'Restaura el archivo desde la papelera, o sustituye o elimina el clip, e inténtalo de nuevo.',

  'error.render-failed.subject': 'un clip',
  'error.render-failed.title': 'La generación se ha detenido en {subject}',
  'error.render-failed.advice':
    'Mira la línea de tiempo cerca del fotograma {frame}. Inténtalo de nuevo; si se detiene otra vez ahí, sustituye el clip.',
  'error.render-failed.adviceShort':
    'Inténtalo de nuevo. Si se detiene otra vez, acorta o sustituye el clip en que se detuvo.',

  'error.unknown.subject': 'Este paso',
  'error.unknown.title': 'Algo ha fallado',
  'error.unknown.advice': 'Inténtalo de nuevo. Si sigue pasando, recarga la página: tu trabajo se conserva.',
  'error.unknown.adviceShort': 'Inténtalo de nuevo. Si sigue pasando, recarga la página: tu trabajo se conserva.',
};
