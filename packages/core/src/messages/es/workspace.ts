import type { workspaceMessages as english } from '../en/workspace.js';
import type { TranslationOf } from '../message.js';

export const workspaceMessages: TranslationOf<typeof english> = {
  'workspace.edit': 'Editar',
  'workspace.editTitle': 'Título del proyecto',
  'workspace.details': 'Título y descripción',
  'workspace.descriptionHint': 'De qué trata, para ti y para quienes lo editen.',
  'workspace.status': 'Estado',
  'workspace.length': 'Duración',
  'workspace.version': 'Versión',
  'workspace.notSavedYet': 'Todavía sin guardar',
  'workspace.undo': 'Deshacer: {what}',
  'workspace.redo': 'Rehacer: {what}',
  'workspace.nothingToUndo': 'Nada que deshacer',
  'workspace.nothingToRedo': 'Nada que rehacer',
  'workspace.fullScreen': 'Pantalla completa',
  'workspace.leaveFullScreen': 'Salir de pantalla completa',
  'workspace.publishHint': 'Marca esta versión como la que se muestra a los demás',
  'workspace.publishing': 'Publicando…',
  'workspace.exportState': 'Exportación: {state}. Mostrarla',
  'workspace.exportsMore': { one: 'y {count} más', other: 'y {count} más' },
  'workspace.startSample': 'Empezar con un ejemplo',
  'workspace.sampleTitle': 'Te damos la bienvenida',
  'workspace.sampleSubtitle': 'Suelta aquí una grabación y córtala',
  'workspace.noBackend': 'Este estudio no está configurado',
  'workspace.noBackendText':
    'En esta página no hay ningún servicio llamado «{name}». Quien hizo la página puede registrarlo o quitar el atributo.',
  'workspace.waiting': 'Esperando a que la página prepare el estudio',
  'workspace.otherProject': 'Abrir otro proyecto…',
  'workspace.sizeOf': 'Tamaño de {panel}',
  'workspace.imported': {
    one: '{count} archivo se puso en la línea de tiempo',
    other: '{count} archivos se pusieron en la línea de tiempo',
  },
  'workspace.importFailed': 'Los archivos elegidos no se pudieron poner en la línea de tiempo',
  'workspace.notFound': 'Este proyecto no está aquí',
  'workspace.notFoundText': 'Puede que se haya eliminado, o que sea de otro navegador o cuenta.',
};
