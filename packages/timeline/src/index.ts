export type * from './ids.js';
export type * from './records.js';
export type * from './frame-graph.js';
export * from './time.js';
export * from './properties.js';
