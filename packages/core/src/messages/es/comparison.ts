import type { comparisonMessages as english } from '../en/comparison.js';
import type { TranslationOf } from '../message.js';

export const comparisonMessages: TranslationOf<typeof english> = {
  'comparison.nothing': 'Nada que se vea',
  'comparison.more': { one: '{count} más', other: '{count} más' },
  'comparison.clipsAdded': { one: '{count} clip añadido: {names}', other: '{count} clips añadidos: {names}' },
  'comparison.clipsRemoved': { one: '{count} clip quitado: {names}', other: '{count} clips quitados: {names}' },
  'comparison.clipsMoved': { one: '{count} clip movido: {names}', other: '{count} clips movidos: {names}' },
  'comparison.clipsTrimmed': { one: '{count} clip recortado: {names}', other: '{count} clips recortados: {names}' },
  'comparison.clipsChanged': { one: '{count} clip modificado: {names}', other: '{count} clips modificados: {names}' },
  'comparison.clipsSplit': {
    one: '{count} clip cortado en partes: {names}',
    other: '{count} clips cortados en partes: {names}',
  },
  'comparison.clipsShifted': { one: '{count} clip desplazado con ello', other: '{count} clips desplazados con ello' },
  'comparison.tracksAdded': { one: '{count} pista añadida: {names}', other: '{count} pistas añadidas: {names}' },
  'comparison.tracksRemoved': { one: '{count} pista quitada: {names}', other: '{count} pistas quitadas: {names}' },
  'comparison.tracksChanged': {
    one: '{count} pista modificada: {names}',
    other: '{count} pistas modificadas: {names}',
  },
  'comparison.markersAdded': {
    one: '{count} marcador añadido: {names}',
    other: '{count} marcadores añadidos: {names}',
  },
  'comparison.markersRemoved': {
    one: '{count} marcador quitado: {names}',
    other: '{count} marcadores quitados: {names}',
  },
  'comparison.markersChanged': {
    one: '{count} marcador modificado: {names}',
    other: '{count} marcadores modificados: {names}',
  },
  'comparison.captionsAdded': { one: 'Subtítulos añadidos: {names}', other: 'Subtítulos añadidos: {names}' },
  'comparison.captionsRemoved': { one: 'Subtítulos quitados: {names}', other: 'Subtítulos quitados: {names}' },
  'comparison.captionsChanged': { one: 'Subtítulos modificados: {names}', other: 'Subtítulos modificados: {names}' },
  'comparison.transitionsAdded': { one: '{count} transición añadida', other: '{count} transiciones añadidas' },
  'comparison.transitionsRemoved': { one: '{count} transición quitada', other: '{count} transiciones quitadas' },
  'comparison.transitionsChanged': { one: '{count} transición modificada', other: '{count} transiciones modificadas' },
  'comparison.settings': 'Ajustes del proyecto: {names}',
  'comparison.setting.frameRate': 'fotogramas por segundo',
  'comparison.setting.size': 'tamaño de la imagen',
  'comparison.setting.sampleRate': 'frecuencia de muestreo',
  'comparison.setting.background': 'fondo',
  'comparison.setting.range': 'puntos de entrada y salida',
  'comparison.both': {
    one: 'Ambas partes habéis cambiado {names}. De eso, en este proyecto solo puede quedar una versión.',
    other: 'Ambas partes habéis cambiado {names}. De esos, en este proyecto solo puede quedar una versión.',
  },
};
