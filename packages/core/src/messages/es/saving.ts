import type { savingMessages as english } from '../en/saving.js';
import type { TranslationOf } from '../message.js';

export const savingMessages: TranslationOf<typeof english> = {
  'saving.open': '{sentence}. Detalles',
  'saving.lastSaved': 'Último guardado',
  'saving.never': 'Todavía no',
  'saving.onlyHere': 'Solo en este dispositivo',
  'saving.changes': { zero: 'Nada', one: '{count} cambio', other: '{count} cambios' },
  'saving.backup': 'Copia de seguridad',
  'saving.backupBrowser': 'En este navegador',
  'saving.backupNone': 'Ninguna',
  'saving.nextTry': 'Próximo intento',
  'saving.nextTryIn': 'En {time}',
  'saving.volatileTitle': 'Nada sobrevive a esta página',
  'saving.volatileText':
    'Este navegador no da almacenamiento a la página (una ventana privada o un marco bloqueado de otro sitio). Exporta lo que quieras conservar o abre el estudio en una pestaña propia.',
  'saving.memoryTitle': 'Sin copia en este navegador',
  'saving.someone': 'Alguien',
  'saving.otherTabTitle': 'Se está editando en otra pestaña',
  'saving.otherTabText': 'Aquí se ve lo que se hace allí. Solo una pestaña a la vez puede cambiar un proyecto.',
};
