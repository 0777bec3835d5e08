export { createRenderEngine } from './render-engine.js';
export type { RenderEngineOptions, RenderFont } from './render-engine.js';
export { estimateExport, evenSize, exportPresets, exportRange, exportSize } from './presets.js';
