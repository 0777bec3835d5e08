/**
 * A Rollup plugin. The AAC extension of mediabunny brings its encoder as a text and starts a worker from it through a
 * `blob:` address. A strict Content Security Policy forbids that, and a worker that was imported from another origin
 * can't start one of that origin either. Sound is already encoded in a worker of its own, so the very same text becomes
 * a function of the bundle, behind an object that talks like a worker.
 */
import { parseAst } from 'rollup/parseAst';

/** @returns {import('rollup').Plugin} */
export function aacInWorker() {
  return {
    name: 'aac-in-worker',
    transform(code, id) {
      if (!/[\\/]@mediabunny[\\/]aac-encoder[\\/]/.test(id)) return null;
      for (const statement of /** @type {any} */ (parseAst(code)).body) {
        if (statement.type !== 'FunctionDeclaration' || statement.body.body.length !== 1) continue;
        const [only] = statement.body.body;
        const call = only.type === 'ReturnStatement' ? only.argument : null;
        if (call?.type !== 'CallExpression' || call.callee.name !== 'inlineWorker') continue;
        const [text] = call.arguments;
        const source = text.type === 'TemplateLiteral' ? text.quasis[0].value.cooked : text.value;
        return {
          code: `${code.slice(0, call.start)}startAacHere()${code.slice(call.end)}\n${startAacHere(source)}`,
          map: null,
        };
      }
      return this.error('The AAC encoder no longer starts its worker as this build expects; look at its bundle again.');
    },
  };
}

/**
 * The encoder's script as a function: `self` is the other end of a pair of message handlers, and its timer, which keeps
 * a worker alive, is left out.
 *
 * @param {string} script
 */
function startAacHere(script) {
  return `
function startAacHere() {
  const outside = new Set();
  const inside = new Set();
  const deliver = (listeners, data) => queueMicrotask(() => { for (const listener of listeners) listener({ data }); });
  const add = (listeners) => (type, listener) => { if (type === 'message') listeners.add(listener); };
  const self = { addEventListener: add(inside), postMessage: (data) => deliver(outside, data) };
  const setInterval = () => 0;
  (function () {
${script}
  })();
  return {
    addEventListener: add(outside),
    postMessage: (data) => deliver(inside, data),
    terminate: () => { outside.clear(); inside.clear(); },
  };
}
`;
}
