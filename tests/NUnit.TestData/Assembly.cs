[assembly: CircuitSpecs.ClaimReport]
