/** Proves that a folder of modules needs nothing but itself. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'rollup/parseAst';

/**
 * @param {any} node of an ESTree
 * @param {(node: any) => void} visit
 */
function walk(node, visit) {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit);
  } else if (node && typeof node === 'object' && typeof node.type === 'string') {
    visit(node);
    for (const [key, value] of Object.entries(node)) if (key !== 'type') walk(value, visit);
  }
}

/** The text of a string or of a template without holes, else null. @param {any} node */
function constantText(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return null;
}

/**
 * What a folder's scripts ask for outside of it, or don't find in it: bare or absolute imports, addresses of workers
 * and assets that aren't there, evaluated code.
 *
 * @param {string} folder
 * @returns {string[]} one line each; empty when all is well
 */
export function checkSelfContained(folder) {
  /** @type {string[]} */
  const problems = [];
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.js')) continue;
    const code = readFileSync(path.join(folder, name), 'utf8');
    /** @param {string} what @param {string} address */
    const mustExist = (what, address) => {
      if (!address.startsWith('./')) problems.push(`${name}: ${what} "${address}" isn't relative to the file`);
      else if (!existsSync(path.join(folder, address.slice(2).split(/[?#]/)[0] ?? ''))) {
        problems.push(`${name}: ${what} "${address}" doesn't exist`);
      }
    };
    walk(parseAst(code), (node) => {
      switch (node.type) {
        case 'ImportDeclaration':
        case 'ExportAllDeclaration':
        case 'ExportNamedDeclaration':
          if (node.source) mustExist('import of', node.source.value);
          break;
        case 'ImportExpression': {
          const address = constantText(node.source);
          // What only Node can import is behind a test for Node; other computed addresses are the host's own (a worker
          // or font that it names).
          if (
            address !== null &&
            !['worker_threads', 'fs', 'path', 'url', 'module', 'crypto'].includes(
              address.replace(/^node:/, '').split('/')[0],
            )
          ) {
            mustExist('import of', address);
          }
          break;
        }
        case 'NewExpression': {
          if (node.callee.name !== 'URL' || node.arguments.length !== 2) break;
          const [address, base] = node.arguments;
          const isOwn = code.slice(base.start, base.end) === 'import.meta.url';
          const text = constantText(address);
          if (isOwn && text !== null) mustExist('address', text);
          break;
        }
        case 'CallExpression':
          if (node.callee.type === 'Identifier' && node.callee.name === 'eval') problems.push(`${name}: calls eval`);
          break;
      }
    });
  }
  return problems;
}
