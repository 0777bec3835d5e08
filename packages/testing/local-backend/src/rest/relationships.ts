/** Which foreign key an embedded table means. */
import { ApiError, NotOfferedError } from '../http/api-error.js';
import type { Catalogue, ForeignKey, Relation } from './catalogue.js';

/** How the rows of one table belong to those of another. */
export interface Relationship {
  readonly target: Relation;
  /** Pairs of columns that are equal: the asking table's, the embedded one's. */
  readonly pairs: readonly (readonly [own: string, foreign: string])[];
  readonly toMany: boolean;
}

function keyOf({ schema, name }: Relation): string {
  return `${schema}.${name}`;
}

function sameColumns(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((column) => right.includes(column));
}

function pairsOf(left: readonly string[], right: readonly string[]): Relationship['pairs'] {
  return left.map((column, index) => [column, right[index] ?? '']);
}

interface Candidate {
  readonly foreignKey: ForeignKey;
  readonly relationship: Relationship;
}

function candidates(catalogue: Catalogue, own: Relation): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const foreignKey of catalogue.foreignKeys) {
    const { from, to, fromColumns, toColumns } = foreignKey;
    const parent = catalogue.relations.get(to);
    const child = catalogue.relations.get(from);
    if (parent === undefined || child === undefined) continue;
    if (from === keyOf(own)) {
      const relationship = { target: parent, pairs: pairsOf(fromColumns, toColumns), toMany: false };
      found.push({ foreignKey, relationship });
    }
    if (to === keyOf(own)) {
      const toMany = !child.uniques.some((unique) => sameColumns(unique, fromColumns));
      found.push({ foreignKey, relationship: { target: child, pairs: pairsOf(toColumns, fromColumns), toMany } });
    }
  }
  return found;
}

/**
 * Finds the relationship that `target!hint(…)` names: `target` is a table, a foreign key or its only column.
 *
 * @throws ApiError `PGRST200` when there is none and `PGRST201` when there are several
 */
export function findRelationship(
  catalogue: Catalogue,
  own: Relation,
  target: string,
  hint: string | undefined,
): Relationship {
  const all = candidates(catalogue, own);
  const named = all.filter(({ foreignKey, relationship }) => {
    const byTable = relationship.target.name === target && relationship.target.schema === own.schema;
    const isOwnKey = foreignKey.from === keyOf(own) && !relationship.toMany;
    const byColumn = isOwnKey && foreignKey.fromColumns.length === 1 && foreignKey.fromColumns[0] === target;
    return byTable || foreignKey.name === target || byColumn;
  });
  const hinted = named.filter(
    ({ foreignKey: { name, fromColumns, toColumns } }) =>
      hint === undefined ||
      hint === name ||
      (fromColumns.length === 1 && (fromColumns[0] === hint || toColumns[0] === hint)),
  );
  const [first, ...others] = hinted;
  if (first !== undefined && others.length === 0) return first.relationship;
  if (first !== undefined) {
    throw new ApiError(
      300,
      'PGRST201',
      `Could not embed because more than one relationship was found for '${own.name}' and '${target}'`,
      hinted.map(({ foreignKey }) => foreignKey.name).join(', '),
      `Try changing '${target}' to one of the following: ${hinted
        .map(({ foreignKey }) => `'${target}!${foreignKey.name}'`)
        .join(', ')}. Find the desired relationship in the 'details' key.`,
    );
  }
  const targetKey = `${own.schema}.${target}`;
  if (own.isView || catalogue.relations.get(targetKey)?.isView === true) throw new NotOfferedError('embeds of views');
  const junction = catalogue.foreignKeys.some(
    ({ from, to }) =>
      to === targetKey && catalogue.foreignKeys.some((key) => key.from === from && key.to === keyOf(own)),
  );
  if (junction) throw new NotOfferedError('embeds through a junction table; embed the junction');
  const named2 = hint === undefined ? '' : ` using the hint '${hint}'`;
  throw new ApiError(
    400,
    'PGRST200',
    `Could not find a relationship between '${own.name}' and '${target}' in the schema cache`,
    `Searched for a foreign key relationship between '${own.name}' and '${target}'${named2} in the schema ` +
      `'${own.schema}', but no matches were found.`,
  );
}
