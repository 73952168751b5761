using TorchSharp.Autograd;

namespace TorchSharp;

/// <summary>Derivatives of the factorisations (Giles 2008; Townsend 2016 for the singular values; Roberts and Roberts 2020 for QR).</summary>
public static partial class torch
{
    public static partial class linalg
    {
        private static void RequireNoGrad(string operation, params ReadOnlySpan<Tensor?> inputs)
        {
            if (Derivative.Wanted(inputs))
                throw new TorchException(operation, "the derivative is not implemented in the embedded engine. Use no_grad() or detach() if no gradient is to flow through it.");
        }

        private static Tensor InverseRecorded(Tensor inverse, Tensor input) =>
            inverse.OfResult("LinalgInvExBackward0", input, static (g, y) => y.mT.matmul(g).matmul(y.mT).neg());

        private static Tensor SolveRecorded(Tensor x, Tensor a, Tensor b, bool left, bool vector)
        {
            if (!Derivative.Wanted(a, b)) return x;
            return x.From("LinalgSolveExBackward0", [a, b], [a, x], (gradients, n) =>
            {
                Tensor right = vector ? solve(n[0].mT, gradients[0]!.unsqueeze(-1)) : solve(n[0].mT, gradients[0]!, left);
                Tensor y = vector ? n[1].unsqueeze(-1) : n[1];
                Tensor? matrix = n.Needs(0) ? (left ? right.matmul(y.mT) : y.mT.matmul(right)).neg() : null;
                return [matrix, n.Needs(1) ? vector ? right.squeeze(-1) : right : null];
            });
        }

        private static Tensor TriangularRecorded(Tensor x, Tensor a, Tensor b, bool upper, bool left, bool unit)
        {
            if (!Derivative.Wanted(a, b)) return x;
            return x.From("LinalgSolveTriangularBackward0", [a, b], [a, x], (gradients, n) =>
            {
                Tensor right = solve_triangular(n[0].mT, gradients[0]!, !upper, left, unit);
                if (!n.Needs(0)) return [null, right];
                Tensor matrix = (left ? right.matmul(n[1].mT) : n[1].mT.matmul(right)).neg();
                return [upper ? matrix.triu(unit ? 1 : 0) : matrix.tril(unit ? -1 : 0), n.Needs(1) ? right : null];
            });
        }

        private static Tensor DeterminantRecorded(Tensor determinant, Tensor input)
        {
            if (!Derivative.Wanted(input)) return determinant;
            return determinant.From("LinalgDetBackward0", [input], [input, determinant], static (gradients, n) =>
            {
                Tensor g = gradients[0]!.unsqueeze(-1).unsqueeze(-1);
                if (n[1].ne(0).all().item<bool>()) return [inv(n[0]).mT.mul(g.mul(n[1].unsqueeze(-1).unsqueeze(-1)))];

                // Of a singular matrix the cofactors, from its singular values: each the product of all the others.
                using IDisposable quiet = no_grad();
                (Tensor u, Tensor s, Tensor vh) = svd(n[0]);
                Tensor ones = eye(s.shape[^1], dtype: s.dtype);
                Tensor others = torch.where(ones.ne(0), torch.ones_like(ones), s.unsqueeze(-2)).prod(-1);
                Tensor sign = det(u).mul(det(vh)).sign().unsqueeze(-1).unsqueeze(-1);
                return [u.mul(others.unsqueeze(-2)).matmul(vh).mul(sign).mul(g)];
            });
        }

        private static Tensor LogDeterminantRecorded(Tensor log, Tensor input) =>
            log.OfInput("LinalgSlogdetBackward0", input, static (g, x) => inv(x).mT.mul(g.unsqueeze(-1).unsqueeze(-1)));

        private static Tensor CholeskyRecorded(Tensor factor, Tensor input) =>
            factor.OfResult("LinalgCholeskyExBackward0", input, static (g, l) =>
            {
                Tensor inner = HalfLower(l.mT.matmul(g));
                Tensor matrix = solve_triangular(l.mT, solve_triangular(l, inner, upper: false, left: false), upper: true);
                return matrix.add(matrix.mT).mul(0.5);
            });

        private static (Tensor Q, Tensor R) QRRecorded(Tensor q, Tensor r, Tensor input, QRMode mode)
        {
            if (!Derivative.Wanted(input)) return (q, r);
            if (mode == QRMode.R) throw new TorchException("linalg.qr", "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to require gradients");
            if (mode == QRMode.Complete && input._sizes[^2] > input._sizes[^1]) throw new TorchException("linalg.qr", "The QR decomposition is not differentiable when mode='complete' and nrows > ncols");
            Derivative.From([q, r], "LinalgQrBackward0", [input], [q, r], static (gradients, n) =>
            {
                Tensor q = n[0], r = n[1];
                Tensor gq = gradients[0] ?? zeros_like(q), gr = gradients[1] ?? zeros_like(r);
                long m = q._sizes[^2], columns = r._sizes[^1];
                if (columns <= m) return [Square(q, r, gq, gr)];

                // The columns beyond the square are Q times theirs of R.
                Tensor v = r.narrow(-1, m, columns - m), gv = gr.narrow(-1, m, columns - m);
                Tensor first = Square(q, r.narrow(-1, 0, m), gq.add(q.matmul(v).matmul(gv.mT)), gr.narrow(-1, 0, m));
                return [cat([first, q.matmul(gv)], -1)];
            });
            return (q, r);

            static Tensor Square(Tensor q, Tensor r, Tensor gq, Tensor gr)
            {
                Tensor inner = r.matmul(gr.mT).sub(gq.mT.matmul(q));
                Tensor symmetric = inner.tril(-1).add(inner.tril(-1).mT).add(inner.tril().triu());
                return solve_triangular(r.mT, gq.add(q.matmul(symmetric)), upper: false, left: false);
            }
        }

        private static void EigenRecorded(Tensor values, Tensor vectors, Tensor input)
        {
            if (!Derivative.Wanted(input)) return;
            Derivative.From([values, vectors], "LinalgEighBackward0", [input], [values, vectors], static (gradients, n) =>
            {
                Tensor l = n[0], v = n[1];
                Tensor? inner = gradients[0]?.diag_embed();
                if (gradients[1] is { } gv)
                {
                    // Not along the vectors themselves, whose length is fixed.
                    Tensor turned = v.mT.matmul(gv).div(Gaps(l));
                    turned = turned.tril(-1).add(turned.triu(1));
                    inner = inner is null ? turned : inner.add(turned);
                }

                return [inner is null ? null : v.matmul(inner).matmul(v.mT)];
            });
        }

        private static void SingularRecorded(Tensor u, Tensor s, Tensor vh, Tensor input)
        {
            if (!Derivative.Wanted(input)) return;
            Derivative.From([u, s, vh], "LinalgSvdBackward0", [input], [u, s, vh], static (gradients, n) =>
            {
                // Of full matrices, only the vectors that belong to singular values are functions of the input.
                Tensor s = n[1];
                long k = s._sizes[^1];
                Tensor u = n[0].narrow(-1, 0, k), vh = n[2].narrow(-2, 0, k);
                Tensor? gu = gradients[0]?.narrow(-1, 0, k), gs = gradients[1], gvh = gradients[2]?.narrow(-2, 0, k);
                Tensor across = s.unsqueeze(-2), down = s.unsqueeze(-1);
                Tensor inner = gs is null ? zeros_like(s).diag_embed() : gs.diag_embed();
                Tensor? gaps = gu is null && gvh is null ? null : Gaps(s.square());
                if (gu is not null) inner = inner.add(Skew(u.mT.matmul(gu)).div(gaps!).mul(across));
                if (gvh is not null) inner = inner.add(Skew(vh.matmul(gvh.mT)).div(gaps!).mul(down));
                Tensor result = u.matmul(inner).matmul(vh);
                if (gu is not null && u._sizes[^2] > k)
                {
                    Tensor scaled = gu.div(across);
                    result = result.add(scaled.sub(u.matmul(u.mT.matmul(scaled))).matmul(vh));
                }

                if (gvh is not null && vh._sizes[^1] > k)
                {
                    Tensor scaled = gvh.div(down);
                    result = result.add(u.matmul(scaled.sub(scaled.matmul(vh.mT).matmul(vh))));
                }

                return [result];
            });
        }

        private static Tensor PseudoInverseRecorded(Tensor inverse, Tensor input) =>
            !Derivative.Wanted(input) ? inverse : inverse.From("LinalgPinvBackward0", [input], [input, inverse], static (gradients, n) =>
            {
                Tensor g = gradients[0]!, a = n[0], p = n[1], gt = g.mT, pt = p.mT;
                Tensor left = gt.sub(a.matmul(p).matmul(gt)).matmul(p).matmul(pt);
                Tensor right = pt.matmul(p).matmul(gt.sub(gt.matmul(p).matmul(a)));
                return [left.add(right).sub(pt.matmul(g).matmul(pt))];
            });

        private static Tensor Skew(Tensor x) => x.sub(x.mT);

        private static Tensor HalfLower(Tensor x) => x.tril(-1).add(x.tril().triu().mul(0.5));

        /// <summary>v_j − v_i, ones on the diagonal: what antisymmetric terms are divided by.</summary>
        private static Tensor Gaps(Tensor values)
        {
            Tensor gaps = values.unsqueeze(-2).sub(values.unsqueeze(-1));
            return gaps.add(eye(values._sizes[^1], dtype: values._dtype));
        }
    }
}
