import type { connectionMessages as english } from '../en/connection.js';
import type { TranslationOf } from '../message.js';

export const connectionMessages: TranslationOf<typeof english> = {
  'connection.title': 'Conexión',
  'connection.notConfigured': 'Estás trabajando en este navegador: esta página no indica ningún servidor.',
  'connection.unreachable': 'Estás trabajando en este navegador: no se puede conectar con {name}.',
  'connection.signedOut': 'Estás trabajando en este navegador: no has iniciado sesión en {name}.',
  'connection.reachable':
    'Estás trabajando en este navegador: al principio no se podía conectar con {name}. Ahora sí se puede.',
  'connection.reachableSoon':
    'Estás trabajando en este navegador: {name} toma el relevo cuando aquí no quede nada abierto, a más tardar con la próxima página.',
  'connection.leftHere': 'Parte de tu trabajo está solo en este navegador, de cuando no había conexión con {name}.',
  'connection.notNow': 'Ahora no',
  'connection.theServer': 'el servidor',
  'connection.tryAgain': 'Reintentar',
  'connection.trying': 'Conectando…',
  'connection.stillNot': 'Sigue sin poderse conectar con {name}',
  'connection.connected': 'Te has conectado con {name}',
  'connection.signIn': 'Iniciar sesión en {name}',
  'connection.move': 'Llevar mi trabajo a {name}',
  'connection.moving': 'Llevando tu trabajo a {name}: {percent}',
  'connection.showMove': 'Mostrar',
  'connection.moveTitle': 'Llevar tu trabajo a {name}',
  'connection.moveWhat': 'Esto se copiará de este navegador a {name}, con el usuario con el que has iniciado sesión:',
  'connection.moveKeeps':
    'No se elimina nada de este navegador antes de que {name} lo tenga. Puedes seguir trabajando.',
  'connection.moveNothing': 'En este navegador no hay nada que {name} no tenga.',
  'connection.moveAssets': { one: '{count} archivo', other: '{count} archivos' },
  'connection.moveProjects': { one: '{count} proyecto', other: '{count} proyectos' },
  'connection.moveCourses': { one: '{count} curso', other: '{count} cursos' },
  'connection.moveSize': '{size} en total',
  'connection.moveStart': 'Llevar',
  'connection.moveStop': 'Detener',
  'connection.moveProgress': '{moved} de {total} · {sent} de {size}',
  'connection.moveCurrent': 'Ahora: {name}',
  'connection.moveDone': {
    one: '{count} elemento está ahora en {name}',
    other: '{count} elementos están ahora en {name}',
  },
  'connection.moveFailed': {
    one: 'No se ha podido llevar {count} elemento',
    other: 'No se han podido llevar {count} elementos',
  },
  'connection.moveFailedText': 'Siguen enteros en este navegador. La próxima vez se pasa por alto lo que ya está allí.',
  'connection.moveStopped': 'El traslado se ha detenido',
};
