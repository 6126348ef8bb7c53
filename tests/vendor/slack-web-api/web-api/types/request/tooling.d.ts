export interface ToolingTokensRotateArguments {
    /** @description The `xoxe` refresh token that was issued along with the old app configuration token. */
    refresh_token: string;
}
//# sourceMappingURL=tooling.d.ts.map