export { createRenderEngine } from './render-engine.js';
export type { RenderEngineOptions, RenderFont } from './render-engine.js';
export type { FfmpegOptions } from './ffmpeg/media-converter.js';
export type { FfmpegCore } from './ffmpeg/ffmpeg-process.js';
export { estimateExport, evenSize, exportPresets, exportRange, exportSize } from './presets.js';
