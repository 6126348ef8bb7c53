import type { OptionalArgument } from '../helpers';
export type APITestArguments = OptionalArgument<{
    /** @description Error response to return. */
    error?: string;
}>;
//# sourceMappingURL=api.d.ts.map