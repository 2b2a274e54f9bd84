/**
 * What a question is charged for: each use of a field that has a line in the table, with the donors its arguments name.
 * Found once for each document that is kept; only the values of variables are looked at anew.
 */
import { getNamedType, isCompositeType, isInputObjectType, Kind, valueFromASTUntyped } from 'graphql';
import type {
  ArgumentNode,
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLArgument,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import type { Charge, ChargeTable } from '#schema/rate-limits.ts';

/** The inputs that name a donor. */
const donorTypes = new Set(['DonorRef', 'DonorToken']);

/** One use of a field. */
export interface Charged {
  /** `Type.field`. */
  readonly coordinate: string;
  readonly charge: Charge;
  /** As they were sent, without form. */
  readonly donors: readonly unknown[];
}

type Values = Readonly<Record<string, unknown>>;
type Collect = (value: unknown) => readonly unknown[];

const nobody: readonly unknown[] = [];
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** How to find the donors in a value of an input type; undefined when there are none in it. */
const collectorOf = (type: GraphQLNamedType): Collect | undefined => {
  if (donorTypes.has(type.name)) {
    // A value that stands alone where a list is expected is a list of one.
    return (value) => (isList(value) ? value : [value]);
  }
  if (!isInputObjectType(type)) return undefined;
  const parts = Object.values(type.getFields()).flatMap(({ name, type: inner }) => {
    // Inputs of ours are flat: one within another would need more than a step.
    const collect = donorTypes.has(getNamedType(inner).name) ? collectorOf(getNamedType(inner)) : undefined;
    return collect === undefined ? [] : [{ name, collect }];
  });
  if (parts.length === 0) return undefined;
  return (value) =>
    parts.flatMap(({ name, collect }) => {
      const part: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
      return part === undefined || part === null ? nobody : collect(part);
    });
};

type Found = Omit<Charged, 'donors'> & { readonly donors: (variables: Values) => readonly unknown[] };

const donorsOf = (nodes: readonly ArgumentNode[], args: readonly GraphQLArgument[]): Found['donors'] => {
  const parts = nodes.flatMap(({ name, value }) => {
    const arg = args.find((one) => one.name === name.value);
    const collect = arg === undefined ? undefined : collectorOf(getNamedType(arg.type));
    return collect === undefined ? [] : [(variables: Values) => collect(valueFromASTUntyped(value, variables))];
  });
  const [first, ...others] = parts;
  if (first === undefined) return () => nobody;
  return others.length === 0 ? first : (variables) => parts.flatMap((part) => part(variables));
};

/** Follows every spread each time: what stands twice is done twice. The limit on a document's cost bounds it. */
const createSearch = (schema: GraphQLSchema, document: DocumentNode, table: ChargeTable) => {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);

  const search = ({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined): Found[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        return fragment === undefined
          ? []
          : search(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value));
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        return search(selection.selectionSet, condition === undefined ? type : schema.getType(condition));
      }
      if (!isCompositeType(type) || !('getFields' in type)) return [];
      const field = type.getFields()[selection.name.value];
      if (field === undefined) return [];
      const coordinate = `${type.name}.${field.name}`;
      const charge = Object.hasOwn(table, coordinate) ? table[coordinate] : undefined;
      const here = charge && [{ coordinate, charge, donors: donorsOf(selection.arguments ?? [], field.args) }];
      const below = selection.selectionSet && search(selection.selectionSet, getNamedType(field.type));
      return [...(here ?? []), ...(below ?? [])];
    });
  return search;
};

export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

interface Plan {
  readonly found: readonly Found[];
  readonly defaults: Values;
}

const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode): Values =>
  Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  );

/** Remembers what it found for as long as the document is remembered. */
export const createCharges = (table: ChargeTable) => {
  const known = new WeakMap<OperationDefinitionNode, Plan>();
  const nothing: readonly Charged[] = [];

  const planOf = ({ schema, document, operation }: Operation): Plan => {
    const type = schema.getRootType(operation.operation) ?? undefined;
    const found = createSearch(schema, document, table)(operation.selectionSet, type);
    return { found, defaults: defaultsOf(operation) };
  };

  return (operation: Operation, variables: Values = {}): readonly Charged[] => {
    let plan = known.get(operation.operation);
    if (plan === undefined) known.set(operation.operation, (plan = planOf(operation)));
    const { found, defaults } = plan;
    if (found.length === 0) return nothing;
    const values = { ...defaults, ...variables };
    return found.map(({ coordinate, charge, donors }) => ({ coordinate, charge, donors: donors(values) }));
  };
};
