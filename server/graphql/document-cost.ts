/**
 * How many fields a document may make the server resolve, estimated before it runs: the length of a connection is what
 * `first` or `last` asks for, and a list nobody bounds counts as ten. Each fragment is counted once and remembered, so
 * fragments that spread each other cost no more than their text.
 */
import { getNamedType, getNullableType, isCompositeType, isListType, isUnionType, Kind } from 'graphql';
import type {
  ASTVisitor,
  FieldNode,
  GraphQLCompositeType,
  GraphQLField,
  SelectionSetNode,
  ValidationContext,
} from 'graphql';
import { tooComplex } from './too-complex.ts';

/** A list without a bound of its own. */
const LIST_LENGTH = 10;
/** A connection whose bound is a variable, or left to the server: its largest page. */
const PAGE_LENGTH = 100;
/** A fragment that spreads itself is an error of validation anyway; until that is found it counts as this. */
const CYCLE_COST = 1;

const isBound = (name: string) => name === 'first' || name === 'last';

const pageLength = (node: FieldNode) => {
  const bounds = (node.arguments ?? []).filter(({ name }) => isBound(name.value));
  const lengths = bounds.map(({ value }) => (value.kind === Kind.INT ? Number(value.value) : PAGE_LENGTH));
  return lengths.length === 0 ? PAGE_LENGTH : Math.max(1, ...lengths);
};

const isConnection = (field: GraphQLField<unknown, unknown>) => field.args.some(({ name }) => isBound(name));

/** The lists of a page (`edges`, `nodes`) are as long as the page, which is counted already: `inPage` says so. */
interface Place {
  readonly type: GraphQLCompositeType | undefined;
  readonly inPage: boolean;
}

const createCostOf = (context: ValidationContext) => {
  const fragments = new Map<string, number>();

  const costOfField = (node: FieldNode, { type, inPage }: Place): number => {
    const field = type === undefined || isUnionType(type) ? undefined : type.getFields()[node.name.value];
    // Introspection has a limit of its own; unknown fields are an error of validation.
    if (field === undefined) return 1;
    const inner = getNamedType(field.type);
    const connection = isConnection(field);
    const length = connection ? pageLength(node) : isListType(getNullableType(field.type)) && !inPage ? LIST_LENGTH : 1;
    if (node.selectionSet === undefined || !isCompositeType(inner)) return 1;
    return 1 + length * costOf(node.selectionSet, { type: inner, inPage: connection });
  };

  const costOfFragment = (name: string, inPage: boolean): number => {
    const known = fragments.get(name);
    if (known !== undefined) return known;
    fragments.set(name, CYCLE_COST);
    const fragment = context.getFragment(name);
    if (!fragment) return CYCLE_COST;
    const cost = costOf(fragment.selectionSet, { type: typeNamed(fragment.typeCondition.name.value), inPage });
    fragments.set(name, cost);
    return cost;
  };

  const typeNamed = (name: string): GraphQLCompositeType | undefined => {
    const type = context.getSchema().getType(name);
    return isCompositeType(type) ? type : undefined;
  };

  const costOf = (selectionSet: SelectionSetNode, place: Place): number => {
    let cost = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) cost += costOfField(selection, place);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += costOfFragment(selection.name.value, place.inPage);
      else {
        const condition = selection.typeCondition?.name.value;
        const type = condition === undefined ? place.type : typeNamed(condition);
        cost += costOf(selection.selectionSet, { type, inPage: place.inPage });
      }
    }
    return cost;
  };

  return costOf;
};

/** A validation rule: no operation may cost more than `limit`. */
export const costLimit =
  (limit: number) =>
  (context: ValidationContext): ASTVisitor => {
    const costOf = createCostOf(context);
    return {
      OperationDefinition(node) {
        const type = context.getSchema().getRootType(node.operation) ?? undefined;
        const cost = costOf(node.selectionSet, { type, inPage: false });
        if (cost > limit) throw tooComplex(`The document costs ${cost}, more than ${limit}.`);
      },
    };
  };
